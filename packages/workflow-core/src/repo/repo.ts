// The repo aggregate: where a repo's files and its shadow repo are, its stored error, its tier.
import {
  accept,
  refuse,
  repoCodec,
  unreachable,
  type Aggregate,
  type Decision,
  type Direction,
  type EventHeader,
  type RepoEvent,
  type RepoInit,
  type Status,
  type Ulid,
  type Uuid,
} from '@permafrost/events';
import { isFailure } from '../storage/status-message.ts';
import {
  judgeBegin,
  judgeEnd,
  storageBegun,
  storageEnded,
  type Storage,
} from '../storage/storage.ts';

export type RepoCommand = Readonly<
  | { type: 'InitRepo'; init: RepoInit }
  | { type: 'ConfirmShadow'; shadowPath: string }
  | { type: 'SetError'; message: string }
  /** Without a message, clears whatever is stored. */
  | { type: 'ClearError'; message?: string }
  | { type: 'BeginStorage'; direction: Direction; workflowId: Uuid; repair?: true }
  | { type: 'CommitStorage'; direction: Direction; workflowId: Uuid }
  | { type: 'AbortStorage'; direction: Direction; workflowId: Uuid; status: Status }
>;

export type RepoRefusal =
  | 'REPO_NOT_INITIALIZED'
  | 'REPO_EXISTS_WITH_OTHER_ARGUMENTS'
  | 'GITLAB_CONFIG_INCOMPLETE'
  | 'SHADOW_EXISTS_ELSEWHERE'
  | 'ERROR_MESSAGE_EMPTY'
  | 'ERROR_STORED_ALREADY'
  | 'ERROR_MESSAGE_DIFFERS'
  | 'REPO_HAS_STORED_ERROR'
  | 'REPO_HELD_BY_OTHER_WORKFLOW'
  | 'STATUS_IS_NO_FAILURE';

/** `init` is absent before the first event; `error` is empty when none is stored. */
export type Repo = Readonly<{
  init?: RepoInit;
  /** The event that brought `init`. */
  initEventId?: Ulid;
  /** Empty until the shadow repo is there. */
  shadowPath: string;
  error: string;
  storage: Storage;
}>;

export const initialRepo: Repo = { shadowPath: '', error: '', storage: { tier: 'unconfirmed' } };

type Decided = Decision<RepoEvent, RepoRefusal>;
type Command<T extends RepoCommand['type']> = Extract<RepoCommand, { type: T }>;

export function decide(repo: Repo, command: RepoCommand): Decided {
  if (command.type === 'InitRepo') {
    const { gitlabHost, gitlabPath, globalPath } = command.init;
    if ((gitlabHost === '') !== (gitlabPath === '')) return refuse('GITLAB_CONFIG_INCOMPLETE');
    if (!repo.init) return accept({ type: 'RepoInitStarted', init: command.init });
    return repo.init.globalPath === globalPath
      ? accept()
      : refuse('REPO_EXISTS_WITH_OTHER_ARGUMENTS');
  }
  if (!repo.init) return refuse('REPO_NOT_INITIALIZED');
  switch (command.type) {
    case 'ConfirmShadow':
      if (repo.shadowPath === '') {
        return accept({ type: 'ShadowRepoCreated', shadowPath: command.shadowPath });
      }
      return repo.shadowPath === command.shadowPath ? accept() : refuse('SHADOW_EXISTS_ELSEWHERE');
    case 'SetError':
      if (command.message === '') return refuse('ERROR_MESSAGE_EMPTY');
      if (repo.error === '') return accept({ type: 'RepoErrorSet', message: command.message });
      return repo.error === command.message ? accept() : refuse('ERROR_STORED_ALREADY');
    case 'ClearError':
      return clearError(repo, command);
    case 'BeginStorage':
      return beginStorage(repo, command);
    case 'CommitStorage':
      return endStorage(repo, { ...command, status: { code: 0, message: '' } });
    case 'AbortStorage':
      return isFailure(command.status) ? endStorage(repo, command) : refuse('STATUS_IS_NO_FAILURE');
    default:
      return unreachable(command);
  }
}

function clearError(repo: Repo, { message }: Command<'ClearError'>): Decided {
  if (message === '') return refuse('ERROR_MESSAGE_EMPTY');
  if (message === undefined && repo.error === '') return accept();
  if (message !== undefined && message !== repo.error) return refuse('ERROR_MESSAGE_DIFFERS');
  return accept({ type: 'RepoErrorCleared' });
}

function beginStorage(repo: Repo, command: Command<'BeginStorage'>): Decided {
  const { direction, workflowId } = command;
  switch (judgeBegin(repo.storage, command)) {
    case 'already':
      return accept();
    case 'conflict':
      return refuse('REPO_HELD_BY_OTHER_WORKFLOW');
    case 'go': {
      const started: RepoEvent = { type: 'StorageStarted', direction, workflowId };
      if (repo.error === '') return accept(started);
      // From a failed tier the error is the one that this very try shall mend; elsewhere it has
      // another cause, which somebody must look at first.
      return isFailedTier(repo.storage)
        ? accept<RepoEvent>({ type: 'RepoErrorCleared' }, started)
        : refuse('REPO_HAS_STORED_ERROR');
    }
  }
}

function endStorage(repo: Repo, command: Omit<Command<'AbortStorage'>, 'type'>): Decided {
  const { direction, workflowId, status } = command;
  const end = status.code === 0 ? 'done' : 'failed';
  switch (judgeEnd(repo.storage, { direction, workflowId, end })) {
    case 'already':
      return accept();
    case 'conflict':
      return refuse('REPO_HELD_BY_OTHER_WORKFLOW');
    case 'go': {
      const completed: RepoEvent = { type: 'StorageCompleted', direction, workflowId, status };
      // An error that is stored already came first, and is kept.
      if (end === 'done' || repo.error !== '') return accept(completed);
      const message = `${direction} failed: ${status.message}`;
      return accept<RepoEvent>(completed, { type: 'RepoErrorSet', message });
    }
  }
}

function isFailedTier({ tier }: Storage): boolean {
  return tier === 'freeze-failed' || tier === 'unfreeze-failed';
}

/** Whether a stored error keeps a workflow from beginning. */
export function isBlockedByError({ error, storage }: Repo): boolean {
  return error !== '' && !isFailedTier(storage);
}

export function evolve(repo: Repo, event: RepoEvent, { id }: Pick<EventHeader, 'id'>): Repo {
  switch (event.type) {
    case 'RepoInitStarted':
      return { ...repo, init: event.init, initEventId: id };
    case 'ShadowRepoCreated':
      return { ...repo, shadowPath: event.shadowPath, storage: { tier: 'online' } };
    case 'RepoErrorSet':
      return { ...repo, error: event.message };
    case 'RepoErrorCleared':
      return { ...repo, error: '' };
    case 'StorageStarted':
      return { ...repo, storage: storageBegun(event) };
    case 'StorageCompleted':
      return { ...repo, storage: storageEnded({ ...event, statusCode: event.status.code }) };
    case 'ArchiveTierRecorded':
      return { ...repo, storage: { tier: event.tier, workflowId: event.workflowId } };
    case 'Unmodelled':
      return repo;
    default:
      return unreachable(event);
  }
}

export const repo: Aggregate<Repo, RepoCommand, RepoEvent, RepoRefusal> = {
  codec: repoCodec,
  initial: initialRepo,
  decide,
  evolve,
};
