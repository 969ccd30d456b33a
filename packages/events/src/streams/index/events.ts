import type { Ulid } from '../../ids/ulid.ts';
import type { Uuid } from '../../ids/uuid.ts';
import type { Unmodelled } from '../common.ts';
import type { Direction } from '../direction.ts';

/** What an index knows of a workflow. */
export type IndexEntry = Readonly<{
  direction: Direction;
  workflowId: Uuid;
  /** The workflow's own first event. */
  startedEventId: Ulid;
  /** The workflow's own completed event; absent while it is active. */
  completedEventId?: Ulid;
  globalPath: string;
}>;

/** What an index knows of a question to all servers. */
export type PingEntry = Omit<IndexEntry, 'direction' | 'globalPath'>;

/** A registry's index of its workflows, by which daemons find them (spec/wire.md 7.4). */
export type IndexEvent =
  | Readonly<
      | { type: 'WorkflowIndexed'; entry: IndexEntry }
      | {
          type: 'IndexedWorkflowCompleted';
          direction: Direction;
          workflowId: Uuid;
          completedEventId: Ulid;
        }
      | { type: 'IndexedWorkflowDeleted'; direction: Direction; workflowId: Uuid }
      | { type: 'PingIndexed'; entry: PingEntry }
      | { type: 'IndexedPingCompleted'; workflowId: Uuid; completedEventId: Ulid }
      | { type: 'IndexedPingDeleted'; workflowId: Uuid }
      | { type: 'SnapshotBegun' }
      | {
          type: 'SnapshotRecorded';
          entries: readonly IndexEntry[];
          /** Absent if there are none. */
          pings?: readonly PingEntry[];
        }
      | { type: 'SnapshotEnded' }
    >
  | Unmodelled;
