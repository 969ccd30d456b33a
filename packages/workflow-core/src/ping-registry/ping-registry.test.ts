import type { WorkflowEvent } from '@permafrost/events';
import { expect, it, test } from 'vitest';
import { ForeignWorkflowError } from '../storage-workflow/storage-workflow.ts';
import { matrix, outcomeOf } from '../testing/matrix.ts';
import { eventId, exreg, idOf } from '../testing/names.ts';
import {
  decide,
  evolve,
  initialPing,
  type PingRegistry,
  type PingRegistryCommand,
} from './ping-registry.ts';

/** The machine of spec/behaviour.md 8. SC: WORKFLOW_IN_OTHER_STATE. NI: ..._WITH_OTHER_ARGUMENTS. */
const table = matrix(`
               | uninitialized       | initialized           | appending             | summarized            | completed             | terminated
  # As for freezes: a repeated request is answered the same however far the workflow has come.
  Init         | RegistryPingStarted | -                     | -                     | -                     | -                     | -
  Init other   | RegistryPingStarted | NI                    | NI                    | NI                    | NI                    | NI
  AppendPing   | SC                  | ServerPinged          | ServerPinged          | SC                    | SC                    | SC
  PostSummary  | SC                  | ServerPingsGathered   | ServerPingsGathered   | SC                    | SC                    | SC
  Commit       | SC                  | SC                    | SC                    | RegistryPingCompleted | -                     | -
  AbortExpired | SC                  | RegistryPingCompleted | RegistryPingCompleted | RegistryPingCompleted | -                     | -
  End          | SC                  | SC                    | SC                    | SC                    | RegistryPingCommitted | -
`);

const short = {
  WORKFLOW_IN_OTHER_STATE: 'SC',
  WORKFLOW_EXISTS_WITH_OTHER_ARGUMENTS: 'NI',
};

const commands: Readonly<Record<string, PingRegistryCommand>> = {
  Init: { type: 'Init', registryId: exreg },
  'Init other': { type: 'Init', registryId: idOf('other registry') },
  AppendPing: { type: 'AppendPing', status: { code: 0, message: 'here' } },
  PostSummary: { type: 'PostSummary', status: { code: 1, message: 'one is missing' } },
  Commit: { type: 'Commit' },
  AbortExpired: { type: 'AbortExpired' },
  End: { type: 'End' },
};

const life: readonly WorkflowEvent[] = [
  { type: 'RegistryPingStarted', registryId: exreg },
  { type: 'ServerPinged', status: { code: 0, message: 'here' } },
  { type: 'ServerPingsGathered', status: { code: 1, message: 'one is missing' } },
  { type: 'RegistryPingCompleted' },
  { type: 'RegistryPingCommitted' },
];
const states = [
  'uninitialized',
  'initialized',
  'appending',
  'summarized',
  'completed',
  'terminated',
] as const;

function headerOf(nth: number): { id: ReturnType<typeof eventId>; parent: never } {
  return { id: eventId(nth), parent: undefined as never };
}

function stateOf(status: string): PingRegistry {
  const events = life.slice(0, states.indexOf(status as 'initialized'));
  return events.reduce((ping, event, i) => evolve(ping, event, headerOf(i + 1)), initialPing);
}

it.each(table)('$row when $column: $cell', ({ row, column, cell }) => {
  const command = commands[row];
  if (!command) throw new Error(`no command ${row}`);
  expect(outcomeOf(decide(stateOf(column), command), short)).toBe(cell);
});

test('the state tells who said what, and where it is written', () => {
  expect(stateOf('terminated')).toEqual({
    status: 'terminated',
    registryId: exreg,
    startedEventId: eventId(1),
    completedEventId: eventId(4),
    pings: [{ code: 0, message: 'here', eventId: eventId(2) }],
    summary: { code: 1, message: 'one is missing', eventId: eventId(3) },
  });
});

test('a history of another kind of workflow is not folded', () => {
  const foreign: WorkflowEvent = { type: 'FilesStarted', direction: 'freeze' };
  for (const status of ['uninitialized', 'appending']) {
    expect(() => evolve(stateOf(status), foreign, headerOf(9))).toThrow(ForeignWorkflowError);
  }
});
