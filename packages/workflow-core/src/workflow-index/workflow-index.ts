// The index aggregate: which workflows of a registry are active, and which have completed and wait
// to be deleted. Daemons find their work by it.
import {
  accept,
  indexCodec,
  refuse,
  unreachable,
  type Aggregate,
  type Decision,
  type EventHeader,
  type IndexEntry,
  type IndexEvent,
  type Ulid,
  type Uuid,
} from '@permafrost/events';
import { entryOf, initialIndex, type WorkflowIndex } from './index-state.ts';
import type { CompletedEntry, Indexed } from './indexed.ts';
import { decidePing, evolvePings, withPings, type PingCommand } from './pings.ts';
import { isWorthwhile, snapshotOf } from './snapshot.ts';
import { indexStateCodec } from './state-codec.ts';

export { entryOf, initialIndex, workflowsListed, type WorkflowIndex } from './index-state.ts';
export type { Indexed };

export type IndexCommand =
  | PingCommand
  | Readonly<
      | { type: 'BeginWorkflow'; entry: Omit<IndexEntry, 'completedEventId'> }
      | { type: 'CommitWorkflow'; workflowId: Uuid; completedEventId: Ulid }
      | { type: 'DeleteWorkflow'; workflowId: Uuid }
      /** Says in a snapshot what the index knows, if that makes its history much shorter to read. */
      | { type: 'Snapshot' }
    >;

export type IndexRefusal =
  'INDEX_WORKFLOW_UNKNOWN' | 'INDEX_WORKFLOW_ACTIVE' | 'INDEX_WORKFLOW_EXISTS_WITH_OTHER_ARGUMENTS';

export function decide(
  index: WorkflowIndex,
  command: IndexCommand,
): Decision<IndexEvent, IndexRefusal> {
  switch (command.type) {
    case 'BeginWorkflow': {
      const { entry } = command;
      const known = entryOf(index, entry.workflowId);
      if (!known) return accept({ type: 'WorkflowIndexed', entry });
      const isSame =
        known.direction === entry.direction &&
        known.startedEventId === entry.startedEventId &&
        known.globalPath === entry.globalPath;
      return isSame ? accept() : refuse('INDEX_WORKFLOW_EXISTS_WITH_OTHER_ARGUMENTS');
    }
    case 'CommitWorkflow': {
      const { workflowId, completedEventId } = command;
      if (index.completed.has(workflowId)) return accept();
      const entry = index.active.get(workflowId);
      if (!entry) return refuse('INDEX_WORKFLOW_UNKNOWN');
      const { direction } = entry;
      return accept({ type: 'IndexedWorkflowCompleted', direction, workflowId, completedEventId });
    }
    case 'DeleteWorkflow': {
      const { workflowId } = command;
      if (index.active.has(workflowId)) return refuse('INDEX_WORKFLOW_ACTIVE');
      const entry = index.completed.get(workflowId);
      if (!entry) return refuse('INDEX_WORKFLOW_UNKNOWN');
      return accept({ type: 'IndexedWorkflowDeleted', direction: entry.direction, workflowId });
    }
    case 'BeginPing':
    case 'CommitPing':
    case 'DeletePing':
      return decidePing(index.pings, command);
    case 'Snapshot': {
      const { active, completed, pings, eventsSinceSnapshot } = index;
      const workflows = active.size + completed.size + pings.size;
      return isWorthwhile({ eventsSinceSnapshot, workflows })
        ? accept(...snapshotOf([...active.values(), ...completed.values()], [...pings.values()]))
        : accept();
    }
    default:
      return unreachable(command);
  }
}

export function evolve(
  index: WorkflowIndex,
  event: IndexEvent,
  { id }: Pick<EventHeader, 'id'>,
): WorkflowIndex {
  const { active, completed } = index;
  const eventsSinceSnapshot = index.eventsSinceSnapshot + 1;
  switch (event.type) {
    case 'WorkflowIndexed': {
      const entry = { ...event.entry, indexEventId: id };
      return { ...index, active: active.set(entry.workflowId, entry), eventsSinceSnapshot };
    }
    case 'IndexedWorkflowCompleted': {
      const { workflowId, completedEventId } = event;
      const entry = active.get(workflowId);
      // The old system could complete what it had completed before; the first time counts.
      if (!entry) return { ...index, eventsSinceSnapshot };
      return {
        ...index,
        active: active.delete(workflowId),
        completed: completed.add({ ...entry, completedEventId }),
        eventsSinceSnapshot,
      };
    }
    case 'IndexedWorkflowDeleted':
      return { ...index, completed: completed.delete(event.workflowId), eventsSinceSnapshot };
    case 'PingIndexed':
    case 'IndexedPingCompleted':
    case 'IndexedPingDeleted':
      return { ...index, pings: evolvePings(index.pings, event, id), eventsSinceSnapshot };
    case 'SnapshotBegun':
      return { ...initialIndex, eventsSinceSnapshot };
    case 'SnapshotRecorded':
      return {
        ...event.entries.reduce(withRecorded, index),
        pings: withPings(index.pings, event.pings ?? []),
        eventsSinceSnapshot,
      };
    case 'SnapshotEnded':
      return { ...index, eventsSinceSnapshot: 0 };
    case 'Unmodelled':
      return { ...index, eventsSinceSnapshot };
    default:
      return unreachable(event);
  }
}

function withRecorded(index: WorkflowIndex, entry: IndexEntry): WorkflowIndex {
  const { active, completed } = index;
  return isCompleted(entry)
    ? { ...index, completed: completed.add(entry) }
    : { ...index, active: active.set(entry.workflowId, entry) };
}

function isCompleted(entry: IndexEntry): entry is CompletedEntry {
  return entry.completedEventId !== undefined;
}

/** About how much memory an active workflow takes. */
const ACTIVE_ENTRY_BYTES = 600;

export const workflowIndex: Aggregate<WorkflowIndex, IndexCommand, IndexEvent, IndexRefusal> = {
  codec: indexCodec,
  initial: initialIndex,
  decide,
  evolve,
  stateCodec: indexStateCodec,
  bytesOf: ({ active, completed, pings }) =>
    completed.bytes + ACTIVE_ENTRY_BYTES * (active.size + pings.size),
};
