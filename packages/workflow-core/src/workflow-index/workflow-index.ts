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
import { Map as PersistentMap } from 'immutable';

export type IndexCommand = Readonly<
  | { type: 'BeginWorkflow'; entry: Omit<IndexEntry, 'completedEventId'> }
  | { type: 'CommitWorkflow'; workflowId: Uuid; completedEventId: Ulid }
  | { type: 'DeleteWorkflow'; workflowId: Uuid }
>;

export type IndexRefusal =
  'INDEX_WORKFLOW_UNKNOWN' | 'INDEX_WORKFLOW_ACTIVE' | 'INDEX_WORKFLOW_EXISTS_WITH_OTHER_ARGUMENTS';

/** An entry, and the index event that brought it, where that is not lost in a snapshot. */
export type Indexed = IndexEntry & Readonly<{ indexEventId?: Ulid }>;

export type WorkflowIndex = Readonly<{
  active: PersistentMap<Uuid, Indexed>;
  completed: PersistentMap<Uuid, Indexed>;
}>;

export const initialIndex: WorkflowIndex = { active: PersistentMap(), completed: PersistentMap() };

export function entryOf(index: WorkflowIndex, workflowId: Uuid): Indexed | undefined {
  return index.active.get(workflowId) ?? index.completed.get(workflowId);
}

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
  switch (event.type) {
    case 'WorkflowIndexed': {
      const entry = { ...event.entry, indexEventId: id };
      return { active: active.set(entry.workflowId, entry), completed };
    }
    case 'IndexedWorkflowCompleted': {
      const { workflowId, completedEventId } = event;
      const entry = active.get(workflowId);
      // The old system could complete what it had completed before; the first time counts.
      if (!entry) return index;
      return {
        active: active.delete(workflowId),
        completed: completed.set(workflowId, { ...entry, completedEventId }),
      };
    }
    case 'IndexedWorkflowDeleted':
      return { active, completed: completed.delete(event.workflowId) };
    case 'SnapshotBegun':
      return initialIndex;
    case 'SnapshotRecorded': {
      const isCompleted = (entry: IndexEntry): boolean => entry.completedEventId !== undefined;
      const keyed = event.entries.map((entry): [Uuid, Indexed] => [entry.workflowId, entry]);
      return {
        active: active.concat(keyed.filter(([, entry]) => !isCompleted(entry))),
        completed: completed.concat(keyed.filter(([, entry]) => isCompleted(entry))),
      };
    }
    case 'SnapshotEnded':
    case 'Unmodelled':
      return index;
    default:
      return unreachable(event);
  }
}

export const workflowIndex: Aggregate<WorkflowIndex, IndexCommand, IndexEvent, IndexRefusal> = {
  codec: indexCodec,
  initial: initialIndex,
  decide,
  evolve,
};
