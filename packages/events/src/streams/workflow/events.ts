import type { Vid } from '../../ids/ulid.ts';
import type { Uuid } from '../../ids/uuid.ts';
import type { Author, Status, Unmodelled } from '../common.ts';
import type { Direction } from '../direction.ts';

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
  /** Given when it may begin on a repo that already is what the workflow makes of it. */
  repair?: true;
}>;

/** One freeze or one thaw, from its request to its end (spec/wire.md 7.3). */
export type StorageWorkflowEvent = Readonly<
  | { type: 'WorkflowStarted'; direction: Direction; start: WorkflowStart }
  | { type: 'FilesStarted'; direction: Direction }
  | { type: 'FilesCompleted'; direction: Direction; status: Status }
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
