// The part of an index that is about pings of the registry: the same life as that of the other
// workflows, without a path, and so few at a time that one map holds them all.
import {
  accept,
  refuse,
  unreachable,
  type Decision,
  type IndexEvent,
  type PingEntry,
  type Ulid,
  type Uuid,
} from '@permafrost/events';
import type { Map as PersistentMap } from 'immutable';

export type PingCommand = Readonly<
  | { type: 'BeginPing'; entry: Omit<PingEntry, 'completedEventId'> }
  | { type: 'CommitPing'; workflowId: Uuid; completedEventId: Ulid }
  | { type: 'DeletePing'; workflowId: Uuid }
>;

/** An entry, and the index event that brought it, where that is not lost in a snapshot. */
export type IndexedPing = PingEntry & Readonly<{ indexEventId?: Ulid }>;

export type IndexedPings = PersistentMap<Uuid, IndexedPing>;

export type PingIndexRefusal =
  'INDEX_WORKFLOW_UNKNOWN' | 'INDEX_WORKFLOW_ACTIVE' | 'INDEX_WORKFLOW_EXISTS_WITH_OTHER_ARGUMENTS';

type PingIndexEvent = Extract<
  IndexEvent,
  { type: 'PingIndexed' | 'IndexedPingCompleted' | 'IndexedPingDeleted' }
>;

export function decidePing(
  pings: IndexedPings,
  command: PingCommand,
): Decision<PingIndexEvent, PingIndexRefusal> {
  if (command.type === 'BeginPing') {
    const { entry } = command;
    const known = pings.get(entry.workflowId);
    if (!known) return accept({ type: 'PingIndexed', entry });
    const isSame = known.startedEventId === entry.startedEventId;
    return isSame ? accept() : refuse('INDEX_WORKFLOW_EXISTS_WITH_OTHER_ARGUMENTS');
  }
  const { workflowId } = command;
  const entry = pings.get(workflowId);
  if (!entry) return refuse('INDEX_WORKFLOW_UNKNOWN');
  const isActive = entry.completedEventId === undefined;
  switch (command.type) {
    case 'CommitPing': {
      const { completedEventId } = command;
      return isActive
        ? accept({ type: 'IndexedPingCompleted', workflowId, completedEventId })
        : accept();
    }
    case 'DeletePing':
      return isActive
        ? refuse('INDEX_WORKFLOW_ACTIVE')
        : accept({ type: 'IndexedPingDeleted', workflowId });
    default:
      return unreachable(command);
  }
}

export function evolvePings(pings: IndexedPings, event: PingIndexEvent, id: Ulid): IndexedPings {
  switch (event.type) {
    case 'PingIndexed':
      return pings.set(event.entry.workflowId, { ...event.entry, indexEventId: id });
    case 'IndexedPingCompleted': {
      const { workflowId, completedEventId } = event;
      const entry = pings.get(workflowId);
      // The old system could complete what it had completed before; the first time counts.
      if (!entry || entry.completedEventId !== undefined) return pings;
      return pings.set(workflowId, { ...entry, completedEventId });
    }
    case 'IndexedPingDeleted':
      return pings.delete(event.workflowId);
    default:
      return unreachable(event);
  }
}

/** Together with those that a snapshot tells of. */
export function withPings(pings: IndexedPings, recorded: readonly PingEntry[]): IndexedPings {
  return pings.merge(recorded.map((entry) => [entry.workflowId, entry]));
}

/** The ids of those that have not ended. */
export function activePings(pings: IndexedPings): readonly Uuid[] {
  return [...pings.values()]
    .filter(({ completedEventId }) => completedEventId === undefined)
    .map(({ workflowId }) => workflowId);
}
