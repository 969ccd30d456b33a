import type { Ulid } from '../../ids/ulid.ts';
import type { Uuid } from '../../ids/uuid.ts';
import type { Author, Tier, Unmodelled } from '../common.ts';
import type { Direction } from '../direction.ts';

/** Where a part of the global tree lies: on which host, below which directory there. */
export type Root = Readonly<{
  globalRoot: string;
  host: string;
  hostRoot: string;
  gitlabNamespace: string;
}>;

/** A registry: its roots, its repos, and the storage tier of each repo (spec/wire.md 7.1). */
export type RegistryEvent =
  | Readonly<
      | { type: 'RegistryAdded'; name: string }
      | { type: 'EphemeralWorkflowsEnabled'; indexId: Uuid }
      | { type: 'RootAdded'; root: Root }
      | { type: 'RootRemoved'; globalRoot: string }
      | { type: 'RepoAccepted'; repoId: Uuid; globalPath: string; creator: Author }
      /** The repo is set up. `repoEventId` is its first event, where known. */
      | { type: 'RepoAdded'; repoId: Uuid; globalPath: string; repoEventId?: Ulid }
      | { type: 'RepoStorageStarted'; direction: Direction; repoId: Uuid; workflowId: Uuid }
      | {
          type: 'RepoStorageCompleted';
          direction: Direction;
          repoId: Uuid;
          workflowId: Uuid;
          statusCode: number;
        }
      /** Archiving is out of scope, but its tiers stand in the way of freezing. */
      | { type: 'RepoArchiveTierRecorded'; repoId: Uuid; workflowId: Uuid; tier: Tier }
    >
  | Unmodelled;
