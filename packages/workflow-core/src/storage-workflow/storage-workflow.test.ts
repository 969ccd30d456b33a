import {
  directions,
  nilUuid,
  type Direction,
  type EventHeader,
  type WorkflowEvent,
} from '@permafrost/events';
import { describe, expect, it, test } from 'vitest';
import { matrix, outcomeOf } from '../testing/matrix.ts';
import { author, eventId, exreg, idOf } from '../testing/names.ts';
import {
  decide,
  evolve,
  ForeignWorkflowError,
  hasEnded,
  initialWorkflow,
  stateCode,
  type StorageWorkflow,
  type WorkflowCommand,
} from './storage-workflow.ts';

const start = {
  registryId: exreg,
  registryName: 'exreg',
  repoId: idOf('repo'),
  repoGlobalPath: '/example/data/run',
  author,
};
const ok = { code: 0, message: '' };
const bad = { code: 105, message: 'disk trouble' };

/**
 * The machine of spec/behaviour.md 7. `-`: it is already so. SC: WORKFLOW_IN_OTHER_STATE. END:
 * WORKFLOW_TERMINATED. NI: WORKFLOW_EXISTS_WITH_OTHER_ARGUMENTS. BAD: WORKFLOW_COMMAND_INVALID.
 */
const table = matrix(`
                  | uninitialized   | initialized       | files          | files-completed   | files-failed      | completed         | failed            | terminated
  # Gap 24: a repeated request is answered the same however far the workflow has come; it was SC.
  Init            | WorkflowStarted | -                 | -              | -                 | -                 | -                 | -                 | -
  # Gap 24: author and start versions count as arguments; they were not compared.
  Init author     | WorkflowStarted | NI                | NI             | NI                | NI                | NI                | NI                | NI
  Init name       | WorkflowStarted | NI                | NI             | NI                | NI                | NI                | NI                | NI
  Init registry   | WorkflowStarted | NI                | NI             | NI                | NI                | NI                | NI                | NI
  Init registered | WorkflowStarted | NI                | NI             | NI                | NI                | NI                | NI                | NI
  Init linked     | WorkflowStarted | NI                | NI             | NI                | NI                | NI                | NI                | NI
  Init vid        | WorkflowStarted | NI                | NI             | NI                | NI                | NI                | NI                | NI
  Init repo       | WorkflowStarted | NI                | NI             | NI                | NI                | NI                | NI                | NI
  Init direction  | WorkflowStarted | NI                | NI             | NI                | NI                | NI                | NI                | NI
  Init repair     | WorkflowStarted | NI                | NI             | NI                | NI                | NI                | NI                | NI
  # Gap 7: this ended the whole server.
  Init nobody     | BAD             | BAD               | BAD            | BAD               | BAD               | BAD               | BAD               | BAD
  Init nowhere    | BAD             | BAD               | BAD            | BAD               | BAD               | BAD               | BAD               | BAD
  Init nothing    | BAD             | BAD               | BAD            | BAD               | BAD               | BAD               | BAD               | BAD
  BeginFiles      | SC              | FilesStarted      | -              | SC                | SC                | SC                | SC                | SC
  CommitFiles     | SC              | SC                | FilesCompleted | -                 | SC                | SC                | SC                | SC
  AbortFiles      | SC              | SC                | FilesCompleted | SC                | -                 | SC                | SC                | SC
  # Gaps 5, 29: code 0, no message, or one that is too long was taken for an end like any other.
  AbortFiles ok   | BAD             | BAD               | BAD            | BAD               | BAD               | BAD               | BAD               | BAD
  AbortFiles mute | BAD             | BAD               | BAD            | BAD               | BAD               | BAD               | BAD               | BAD
  Commit          | SC              | SC                | SC             | WorkflowCompleted | SC                | -                 | SC                | SC
  Abort           | SC              | WorkflowCompleted | SC             | WorkflowCompleted | WorkflowCompleted | SC                | -                 | END
  Abort ok        | BAD             | BAD               | BAD            | BAD               | BAD               | BAD               | BAD               | BAD
  Abort long      | BAD             | BAD               | BAD            | BAD               | BAD               | BAD               | BAD               | BAD
  End             | SC              | SC                | SC             | SC                | SC                | WorkflowCommitted | WorkflowCommitted | -
`);

const short = {
  WORKFLOW_IN_OTHER_STATE: 'SC',
  WORKFLOW_TERMINATED: 'END',
  WORKFLOW_EXISTS_WITH_OTHER_ARGUMENTS: 'NI',
  WORKFLOW_COMMAND_INVALID: 'BAD',
};

function commandOf(row: string, direction: Direction): WorkflowCommand {
  const init = (change: object, to = direction): WorkflowCommand => ({
    type: 'Init',
    direction: to,
    start: { ...start, ...change },
  });
  switch (row) {
    case 'Init':
      return init({});
    case 'Init author':
      return init({ author: { ...author, email: 'other@example.org' } });
    case 'Init name':
      return init({ author: { ...author, name: 'Somebody Else' } });
    case 'Init registry':
      return init({ registryId: idOf('other registry') });
    case 'Init registered':
      return init({ registryName: 'other' });
    case 'Init linked':
      return init({ policy: { ifLinked: 'force' } });
    case 'Init nowhere':
      return init({ registryId: nilUuid });
    case 'Init nothing':
      return init({ repoId: nilUuid });
    case 'Init vid':
      return init({ startRepoVid: eventId(1) });
    case 'Init repo':
      return init({ repoId: idOf('other repo') });
    case 'Init direction':
      return init({}, direction === 'freeze' ? 'unfreeze' : 'freeze');
    case 'Init repair':
      return init({ repair: true });
    case 'Init nobody':
      return init({ author: { name: '', email: '' } });
    case 'AbortFiles':
      return { type: 'AbortFiles', status: bad };
    case 'AbortFiles ok':
      return { type: 'AbortFiles', status: { code: 0, message: 'all is well' } };
    case 'AbortFiles mute':
      return { type: 'AbortFiles', status: { code: 105, message: '' } };
    case 'Abort':
      return { type: 'Abort', status: bad };
    case 'Abort ok':
      return { type: 'Abort', status: ok };
    case 'Abort long':
      return { type: 'Abort', status: { code: 105, message: 'ä'.repeat(76) } };
    default:
      return { type: row as 'BeginFiles' | 'CommitFiles' | 'Commit' | 'End' };
  }
}

/** The events that lead to each state. */
function eventsTo(status: string, direction: Direction): readonly WorkflowEvent[] {
  const started: WorkflowEvent = { type: 'WorkflowStarted', direction, start };
  const files: WorkflowEvent = { type: 'FilesStarted', direction };
  const filesEnd = (status: typeof ok): WorkflowEvent => ({
    type: 'FilesCompleted',
    direction,
    status,
  });
  const end = (status: typeof ok): WorkflowEvent => ({
    type: 'WorkflowCompleted',
    direction,
    status,
  });
  const histories: Record<string, readonly WorkflowEvent[]> = {
    uninitialized: [],
    initialized: [started],
    files: [started, files],
    'files-completed': [started, files, filesEnd(ok)],
    'files-failed': [started, files, filesEnd(bad)],
    completed: [started, files, filesEnd(ok), end(ok)],
    failed: [started, end(bad)],
    terminated: [started, files, filesEnd(ok), end(ok), { type: 'WorkflowCommitted', direction }],
  };
  return histories[status] ?? [];
}

function fold(events: readonly WorkflowEvent[]): StorageWorkflow {
  return events.reduce((state, event, i) => evolve(state, event, headerOf(i + 1)), initialWorkflow);
}

function headerOf(n: number): EventHeader {
  return { id: eventId(n), parent: eventId(n - 1) };
}

describe.each(directions)('%s', (direction) => {
  it.each(table)('$row in $column: $cell', ({ row, column, cell }) => {
    const state = fold(eventsTo(column, direction));
    expect(state.status).toBe(column);
    const decision = decide(state, commandOf(row, direction));
    expect(outcomeOf(decision, short)).toBe(cell);
    const events = decision.accepted ? decision.events : [];
    // Every fact carries the direction of its workflow.
    if (row !== 'Init direction') {
      for (const event of events) expect(event).toMatchObject({ direction });
    }
  });

  test('each of the seven states has its number', () => {
    const states = [...new Set(table.map(({ column }) => column))];
    expect(states.map((status) => stateCode(fold(eventsTo(status, direction))))).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7,
    ]);
    expect(states.filter((status) => hasEnded(fold(eventsTo(status, direction))))).toEqual([
      'completed',
      'failed',
      'terminated',
    ]);
  });

  test('the commit that records the files is kept to the end', () => {
    const commit = 'c0ffee'.padEnd(40, '0');
    const done = decide(fold(eventsTo('files', direction)), { type: 'CommitFiles', commit });
    const [completed] = done.accepted ? done.events : [];
    expect(completed).toMatchObject({ type: 'FilesCompleted', commit });
    const history = eventsTo('terminated', direction);
    const told = history.map((event) => (event.type === 'FilesCompleted' ? completed : event));
    expect(fold(told as WorkflowEvent[])).toMatchObject({ status: 'terminated', commit });
    expect(fold(history)).not.toHaveProperty('commit');
  });

  test('the status of failed files is kept, and then that of the whole (gap 9)', () => {
    const failed = fold(eventsTo('files-failed', direction));
    expect(failed).toMatchObject({ outcome: bad, filesStartedEventId: eventId(2) });
    const later = { code: 101, message: 'given up' };
    const ended = evolve(
      failed,
      { type: 'WorkflowCompleted', direction, status: later },
      headerOf(4),
    );
    expect(ended).toMatchObject({ status: 'failed', outcome: later, completedEventId: eventId(4) });
  });

  test('a history with events of another workflow is not folded, nor does it panic (gap 12)', () => {
    const other = direction === 'freeze' ? 'unfreeze' : 'freeze';
    const begun = fold(eventsTo('initialized', direction));
    const foreign: WorkflowEvent[] = [
      { type: 'Unmodelled', code: 166 },
      { type: 'FilesStarted', direction: other },
    ];
    for (const event of foreign) {
      expect(() => evolve(begun, event, headerOf(2))).toThrow(ForeignWorkflowError);
      expect(() => evolve(initialWorkflow, event, headerOf(1))).toThrow(ForeignWorkflowError);
    }
  });
});
