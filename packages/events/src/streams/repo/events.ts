import type { Uuid } from '../../ids/uuid.ts';
import type { Author, Status, Tier, Unmodelled } from '../common.ts';
import type { Direction } from '../direction.ts';

/** What the shadow repo does with the directories below the top (spec/shadow-repo.md 9). */
export type SubdirTracking = 'enter-subdirs' | 'bundle-subdirs' | 'ignore-subdirs' | 'ignore-most';

/** Where a repo is and how it began. Paths are absolute and clean. */
export type RepoInit = Readonly<{
  registry: string;
  globalPath: string;
  creator: Author;
  fileHost: string;
  hostPath: string;
  subdirTracking: SubdirTracking;
  /** Empty without GitLab. */
  gitlabHost: string;
  gitlabPath: string;
}>;

/** A repo: where it lies, its shadow repo, its stored error, its tier (spec/wire.md 7.2). */
export type RepoEvent =
  | Readonly<
      | { type: 'RepoInitStarted'; init: RepoInit }
      | { type: 'ShadowRepoCreated'; shadowPath: string }
      | { type: 'RepoErrorSet'; message: string }
      | { type: 'RepoErrorCleared' }
      | { type: 'StorageStarted'; direction: Direction; workflowId: Uuid }
      | { type: 'StorageCompleted'; direction: Direction; workflowId: Uuid; status: Status }
      | { type: 'ArchiveTierRecorded'; workflowId: Uuid; tier: Tier }
    >
  | Unmodelled;
