import type { Vid } from '../../ids/ulid.ts';
import type { Uuid } from '../../ids/uuid.ts';
import type { Author, Status, Unmodelled } from '../common.ts';
import type { Direction } from '../direction.ts';

/** What a freeze puts up with that it else refuses. */
export type FreezePolicy = Readonly<{
  /** Files that are open for writing: it waits until they are not, or does not look. */
  ifBusy?: 'wait' | 'force';
  /** Files that have names outside of the tree, too: they are frozen there as well. */
  ifLinked?: 'force';
}>;

/** What a freeze or a thaw was asked to do. */
export type WorkflowStart = Readonly<{
  registryId: Uuid;
  registryName: string;
  /** The version of the registry that the client insisted on, if it did. */
  startRegistryVid?: Vid;
  repoId: Uuid;
  repoGlobalPath: string;
  /** The version of the repo that the client insisted on, if it did. */
  startRepoVid?: Vid;
  author: Author;
  /** Of a freeze, unless it refuses everything. */
  policy?: FreezePolicy;
  /** Given when it may begin on a repo that already is what the workflow makes of it. */
  repair?: true;
}>;

/** One freeze or one thaw, from its request to its end (spec/wire.md 7.3). */
export type StorageWorkflowEvent = Readonly<
  | { type: 'WorkflowStarted'; direction: Direction; start: WorkflowStart }
  | { type: 'FilesStarted'; direction: Direction }
  | {
      type: 'FilesCompleted';
      direction: Direction;
      status: Status;
      /** The commit of the shadow repo that records the files: 40 hex digits. */
      commit?: string;
    }
  | { type: 'WorkflowCompleted'; direction: Direction; status: Status }
  | { type: 'WorkflowCommitted'; direction: Direction }
>;

/** One question to all servers whether they are there, with their answers (spec/wire.md 7.5). */
export type PingEvent = Readonly<
  | { type: 'RegistryPingStarted'; registryId: Uuid }
  | { type: 'ServerPinged'; status: Status }
  | { type: 'ServerPingsGathered'; status: Status }
  | { type: 'RegistryPingCompleted' }
  | { type: 'RegistryPingCommitted' }
>;

/** An event of any kind of workflow. */
export type WorkflowEvent = StorageWorkflowEvent | PingEvent | Unmodelled;
