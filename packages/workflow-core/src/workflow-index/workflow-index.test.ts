import type { IndexEvent } from '@permafrost/events';
import { describe, expect, it, test } from 'vitest';
import { matrix, outcomeOf } from '../testing/matrix.ts';
import { eventId, idOf } from '../testing/names.ts';
import { indexStateCodec } from './state-codec.ts';
import {
  decide,
  entryOf,
  evolve,
  initialIndex,
  type IndexCommand,
  type WorkflowIndex,
} from './workflow-index.ts';

const entry = {
  direction: 'freeze',
  workflowId: idOf('workflow'),
  startedEventId: eventId(1),
  globalPath: '/example/data/run',
} as const;
const { workflowId } = entry;
const other = { ...entry, workflowId: idOf('other workflow'), direction: 'unfreeze' } as const;

/** spec/behaviour.md 9. UN: INDEX_WORKFLOW_UNKNOWN. OTHER: ..._EXISTS_WITH_OTHER_ARGUMENTS. */
const table = matrix(`
                         | unknown         | active                   | completed              | deleted
  # Gap 19: a completed workflow could be begun again, and arguments were not compared.
  BeginWorkflow          | WorkflowIndexed | -                        | -                      | WorkflowIndexed
  BeginWorkflow path     | WorkflowIndexed | OTHER                    | OTHER                  | WorkflowIndexed
  BeginWorkflow event    | WorkflowIndexed | OTHER                    | OTHER                  | WorkflowIndexed
  BeginWorkflow thaw     | WorkflowIndexed | OTHER                    | OTHER                  | WorkflowIndexed
  # Gap 20: only the workflow that was committed last could be committed again.
  CommitWorkflow         | UN              | IndexedWorkflowCompleted | -                      | UN
  DeleteWorkflow         | UN              | ACTIVE                   | IndexedWorkflowDeleted | UN
`);

const short = {
  INDEX_WORKFLOW_UNKNOWN: 'UN',
  INDEX_WORKFLOW_ACTIVE: 'ACTIVE',
  INDEX_WORKFLOW_EXISTS_WITH_OTHER_ARGUMENTS: 'OTHER',
};

const commands: Readonly<Record<string, IndexCommand>> = {
  BeginWorkflow: { type: 'BeginWorkflow', entry },
  'BeginWorkflow path': { type: 'BeginWorkflow', entry: { ...entry, globalPath: '/else' } },
  'BeginWorkflow event': { type: 'BeginWorkflow', entry: { ...entry, startedEventId: eventId(9) } },
  'BeginWorkflow thaw': { type: 'BeginWorkflow', entry: { ...entry, direction: 'unfreeze' } },
  CommitWorkflow: { type: 'CommitWorkflow', workflowId, completedEventId: eventId(5) },
  DeleteWorkflow: { type: 'DeleteWorkflow', workflowId },
};

const indexed: IndexEvent = { type: 'WorkflowIndexed', entry };
const completed: IndexEvent = {
  type: 'IndexedWorkflowCompleted',
  direction: 'freeze',
  workflowId,
  completedEventId: eventId(5),
};
const deleted: IndexEvent = { type: 'IndexedWorkflowDeleted', direction: 'freeze', workflowId };

/** Another workflow is always around, completed after this one. */
const others: readonly IndexEvent[] = [
  { type: 'WorkflowIndexed', entry: other },
  { ...completed, direction: 'unfreeze', workflowId: other.workflowId },
];
const histories: Readonly<Record<string, readonly IndexEvent[]>> = {
  unknown: others,
  active: [indexed, ...others],
  completed: [indexed, completed, ...others],
  deleted: [indexed, completed, ...others, deleted],
};

function fold(events: readonly IndexEvent[], from = initialIndex): WorkflowIndex {
  return events.reduce((state, event, i) => evolve(state, event, { id: eventId(100 + i) }), from);
}

it.each(table)('$row when $column: $cell', ({ row, column, cell }) => {
  const command = commands[row];
  if (!command) throw new Error(`no command ${row}`);
  const decision = decide(fold(histories[column] ?? []), command);
  expect(outcomeOf(decision, short)).toBe(cell);
});

describe('a snapshot', () => {
  const recorded = [
    { ...other, completedEventId: eventId(7) },
    { ...entry, workflowId: idOf('third workflow') },
  ];
  const snapshot: readonly IndexEvent[] = [
    { type: 'SnapshotBegun' },
    { type: 'SnapshotRecorded', entries: recorded },
    { type: 'SnapshotEnded' },
  ];

  test('takes the place of all before it', () => {
    const index = fold([indexed, ...snapshot]);
    expect([...index.active.keys()]).toEqual([idOf('third workflow')]);
    expect([...index.completed.keys()]).toEqual([other.workflowId]);
    expect(entryOf(index, workflowId)).toBeUndefined();
  });

  test('may come in several parts', () => {
    const parts = recorded.map((each): IndexEvent => ({
      type: 'SnapshotRecorded',
      entries: [each],
    }));
    const index = fold([{ type: 'SnapshotBegun' }, ...parts, { type: 'SnapshotEnded' }]);
    expect(index.active.size + index.completed.size).toBe(2);
  });
});

test('an entry remembers the index event that brought it', () => {
  expect(entryOf(fold([indexed, completed]), workflowId)).toEqual({
    ...entry,
    indexEventId: eventId(100),
    completedEventId: eventId(5),
  });
});

test('what the old system completed twice counts once, and other events are passed over', () => {
  const again: IndexEvent = { ...completed, completedEventId: eventId(8) };
  const index = fold([indexed, completed, again, { type: 'Unmodelled', code: 111 }]);
  expect(entryOf(index, workflowId)?.completedEventId).toBe(eventId(5));
});

describe('pings of the servers', () => {
  const ping = { workflowId: idOf('ping'), startedEventId: eventId(11) };
  const end = { workflowId: ping.workflowId, completedEventId: eventId(12) };
  const begun: IndexEvent = { type: 'PingIndexed', entry: ping };
  const completed: IndexEvent = { type: 'IndexedPingCompleted', ...end };
  const index = {
    unknown: [],
    active: [begun],
    completed: [begun, completed],
  } as const satisfies Record<string, readonly IndexEvent[]>;
  const pingCommands: Readonly<Record<string, IndexCommand>> = {
    BeginPing: { type: 'BeginPing', entry: ping },
    'BeginPing event': { type: 'BeginPing', entry: { ...ping, startedEventId: eventId(9) } },
    CommitPing: { type: 'CommitPing', ...end },
    DeletePing: { type: 'DeletePing', workflowId: ping.workflowId },
  };
  const pingTable = matrix(`
                    | unknown     | active               | completed
    BeginPing       | PingIndexed | -                    | -
    BeginPing event | PingIndexed | OTHER                | OTHER
    CommitPing      | UN          | IndexedPingCompleted | -
    DeletePing      | UN          | ACTIVE               | IndexedPingDeleted
  `);

  it.each(pingTable)('$row when $column: $cell', ({ row, column, cell }) => {
    const command = pingCommands[row];
    if (!command) throw new Error(`no command ${row}`);
    const decision = decide(fold(index[column as keyof typeof index]), command);
    expect(outcomeOf(decision, short)).toBe(cell);
  });

  test('are said in a snapshot, and known from it', () => {
    const many = Array.from({ length: 1000 }, (): IndexEvent => ({
      type: 'Unmodelled',
      code: 101,
    }));
    const decision = decide(fold([begun, completed, ...many]), { type: 'Snapshot' });
    const events = decision.accepted ? decision.events : [];
    expect(events).toMatchObject([
      { type: 'SnapshotBegun' },
      { type: 'SnapshotRecorded', entries: [], pings: [{ ...ping, ...end }] },
      { type: 'SnapshotEnded' },
    ]);
    expect(fold(events).pings.get(ping.workflowId)).toMatchObject(end);
    expect(fold([begun, completed, { type: 'IndexedPingDeleted', ...end }]).pings.size).toBe(0);
  });

  test('are saved with the index', () => {
    const before = fold([begun]);
    const after = indexStateCodec.decode(indexStateCodec.encode(before));
    expect(after.pings.toJS()).toEqual(before.pings.toJS());
  });
});
