// What the core asks of a file server. stad implements these ports on real trees; the simulator
// implements them on a fake disk.
import {
  Fault,
  type Author,
  type Direction,
  type FreezePolicy,
  type Uuid,
} from '@permafrost/events';

export type { Author, Direction, FreezePolicy } from '@permafrost/events';

/** Told a few times a second while work is under way; see `Progress` of the noticeboard. */
export type Step = Readonly<{
  /** Of directories, files, and whatever else lies in the tree. */
  entriesDone: number;
  /** Told where a pass knows it, at its end at the latest. It stands for the passes that follow. */
  entriesTotal?: number | undefined;
  /** Of regular files, each name counted; 0 where a pass does not see them. */
  bytesDone: number;
  /** As `entriesTotal`. */
  bytesTotal?: number | undefined;
  /** Valid UTF-8, for people. */
  path: string;
  /** All has been set, and is looked at once more. */
  isVerifying?: true;
}>;

export interface Watch {
  /** Aborted when the work shall stop. The promise settles only after the work has really ended. */
  signal: AbortSignal;
  onStep: (step: Step) => void;
}

/** What a walk has seen and done. */
export type TreeSummary = Readonly<{
  dirs: number;
  files: number;
  /** Symlinks: seen, never followed, never flagged. */
  links: number;
  /** Fifos, sockets, devices: skipped. */
  others: number;
  /** Mount points below the top: not entered. */
  mounts: number;
  /** Entries whose attribute was changed by this run. */
  changed: number;
}>;

/** All that a walk has met. */
export function entriesIn(seen: Omit<TreeSummary, 'changed'>): number {
  return seen.dirs + seen.files + seen.links + seen.others + seen.mounts;
}

/** Somebody has files of a tree open for writing. */
export type OpenWriters = Readonly<{
  /** Who, and which file: one line of valid UTF-8, for people. */
  message: string;
  /** Whether any of them is still there, as far as can be seen. */
  remain: (signal: AbortSignal) => Promise<boolean>;
}>;

/** Sets or clears the immutable attribute on a whole directory tree. */
export interface ImmutableTree {
  /**
   * Looks, and changes nothing, whether a freeze can succeed: throws {@link FilesFault} with what is
   * in its way. Resolves to those who write to the tree where the policy is to wait for them.
   */
  examine(path: string, policy: FreezePolicy, watch: Watch): Promise<OpenWriters | undefined>;

  /**
   * Brings every file and directory below and including `path` to the wanted state. May be run
   * again over a tree that an earlier run left half done, and then does only the rest. A freeze
   * resolves only after every entry has been seen with the flag. Throws {@link FilesFault}.
   */
  apply(direction: Direction, path: string, watch: Watch): Promise<TreeSummary>;
}

export type ShadowLocation = Readonly<{ repoId: Uuid; hostPath: string }>;

export type Snapshot = Readonly<{
  /** The head of `master-stat`, 40 hex digits. */
  commit: string;
  /** False when nothing had changed and no commit was made. */
  changed: boolean;
}>;

/** How much there is in a tree. */
export type TreeSize = Readonly<{ entries: number; bytes: number }>;

/** The git repository beside the data that records its stat information (spec/shadow-repo.md). */
export interface ShadowRepo {
  /** Creates the shadow repo if it is not there. Resolves to its path. Throws {@link FilesFault}. */
  init(location: ShadowLocation, author: Author): Promise<string>;

  /** As the last snapshot has counted the tree; undefined before there is one. Throws {@link FilesFault}. */
  counted(location: ShadowLocation, signal: AbortSignal): Promise<TreeSize | undefined>;

  /**
   * Records the tree as it is now. `attrs` is what the journal says about the tree, never what the
   * top directory's flag says. Throws {@link FilesFault}.
   */
  snapshot(
    location: ShadowLocation,
    request: Readonly<{ author: Author; attrs: '' | 'i' }>,
    watch: Watch,
  ): Promise<Snapshot>;
}

/** Serialises all work on one repo's files, over processes, for as long as its holder lives. */
export interface RepoLock {
  /**
   * Waits for the lock, runs `work`, and releases the lock whatever happens. Throws {@link FilesFault}:
   * `FILES_CANCELLED` when the signal is aborted before, `FILES_NO_LOCK` when the lock cannot be used.
   */
  hold<T>(repoId: Uuid, signal: AbortSignal, work: () => Promise<T>): Promise<T>;
}

export type FilesFaultCode =
  /** Files of the tree are open for writing. */
  | 'FILES_BUSY'
  /** Files of the tree have names outside of it. */
  | 'FILES_LINKED_OUTSIDE'
  /** The process lacks a capability that the attribute needs. */
  | 'FILES_NO_PRIVILEGE'
  /** The file system does not keep the immutable attribute. */
  | 'FILES_NO_ATTRIBUTES'
  /** The directory is not there, or is no directory. */
  | 'FILES_MISSING'
  /** The path is outside of the roots that this stad was given. */
  | 'FILES_OUTSIDE_ROOTS'
  /** The file system is mounted read-only. */
  | 'FILES_READ_ONLY'
  /** Entries were not as they should be after the walk. */
  | 'FILES_NOT_FROZEN'
  /** A disk is full. */
  | 'FILES_NO_SPACE'
  /** A program that is needed (git, chattr) is not there. */
  | 'FILES_NO_PROGRAM'
  /** git failed. */
  | 'FILES_GIT_FAILED'
  /** The lock of the repo cannot be used, whoever may hold it. */
  | 'FILES_NO_LOCK'
  /** An input or output error, or anything else that may pass. */
  | 'FILES_IO'
  /** The work was cancelled by its signal. */
  | 'FILES_CANCELLED';

/** Work on files failed. The message is one line of valid UTF-8 that names path and cause. */
export class FilesFault extends Fault {
  readonly code: FilesFaultCode;
  readonly retry: 'later' | 'never';
  /** The message for a place with little room, which shows its beginning. */
  readonly brief: string;

  constructor(
    code: FilesFaultCode,
    message: string,
    options: { retry: 'later' | 'never'; brief?: string; cause?: unknown },
  ) {
    super(message, options);
    this.code = code;
    this.retry = options.retry;
    this.brief = options.brief ?? message;
  }
}
