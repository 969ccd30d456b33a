// The registry aggregate: which roots and repos there are, and in which tier each repo is. It owns
// the nesting rules: only leaf repos are frozen, and no repo begins below one that is not online.
import type { Author, RegistryEvent, Root, Ulid, Uuid } from '@permafrost/events';
import { Map as PersistentMap } from 'immutable';
import type { Direction } from '@permafrost/events';
import type { Storage } from '../storage/storage.ts';

export type RegistryCommand = Readonly<
  | { type: 'InitRegistry'; name: string }
  | { type: 'EnableEphemeralWorkflows'; indexId: Uuid }
  | { type: 'InitRoot'; root: Root }
  | { type: 'RemoveRoot'; globalRoot: string }
  | { type: 'InitRepo'; repoId: Uuid; globalPath: string; creator: Author }
  | { type: 'ConfirmRepo'; repoId: Uuid; repoEventId?: Ulid }
  | {
      type: 'BeginStorage';
      direction: Direction;
      repoId: Uuid;
      workflowId: Uuid;
      repair?: true;
    }
  | { type: 'CommitStorage'; direction: Direction; repoId: Uuid; workflowId: Uuid }
  | {
      type: 'AbortStorage';
      direction: Direction;
      repoId: Uuid;
      workflowId: Uuid;
      statusCode: number;
    }
>;

export type RegistryRefusal =
  | 'REGISTRY_NOT_INITIALIZED'
  | 'REGISTRY_HAS_OTHER_NAME'
  | 'EPHEMERAL_WORKFLOWS_ID_MALFORMED'
  | 'EPHEMERAL_WORKFLOWS_HAVE_OTHER_ID'
  | 'EPHEMERAL_WORKFLOWS_NOT_ENABLED'
  | 'PATH_NOT_ABSOLUTE'
  | 'ROOT_HOST_MISSING'
  | 'ROOT_GITLAB_NAMESPACE_WITHOUT_SLASH'
  | 'ROOT_EXISTS_WITH_OTHER_ARGUMENTS'
  | 'ROOT_UNKNOWN'
  | 'ROOT_HAS_REPOS'
  | 'CREATOR_NAME_MISSING'
  | 'CREATOR_EMAIL_MISSING'
  | 'REPO_ID_MALFORMED'
  | 'REPO_ID_IN_USE'
  | 'REPO_EXISTS_AT_PATH'
  | 'REPO_DIRECTORY_OVERLAPS_OTHER'
  | 'REPO_PARENT_NOT_ONLINE'
  | 'REPO_UNKNOWN'
  | 'REPO_HAS_CHILD_REPOS'
  | 'REPO_IN_OTHER_TIER'
  | 'REPO_HELD_BY_OTHER_WORKFLOW'
  | 'STATUS_CODE_MEANS_SUCCESS';

export type RegistryRepo = Readonly<{
  id: Uuid;
  globalPath: string;
  creator: Author;
  /** Whether its files and its shadow repo are set up. */
  confirmed: boolean;
  storage: Storage;
}>;

/** `name` is empty before the first event. */
export type Registry = Readonly<{
  name: string;
  /** The index of workflows, once these are enabled. */
  indexId?: Uuid;
  roots: PersistentMap<string, Root>;
  repos: PersistentMap<Uuid, RegistryRepo>;
  repoIdByPath: PersistentMap<string, Uuid>;
  /** How many repos lie at or below a directory, for each directory that has any. */
  reposWithin: PersistentMap<string, number>;
}>;

export const initialRegistry: Registry = {
  name: '',
  roots: PersistentMap(),
  repos: PersistentMap(),
  repoIdByPath: PersistentMap(),
  reposWithin: PersistentMap(),
};

export type { RegistryEvent };
