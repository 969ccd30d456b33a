// The port between the walk and whatever reads and sets the immutable attribute.
import type { CapabilityHolder } from './drivers/privilege.ts';
import type { ByteName } from './names.ts';

/**
 * One entry of a directory that is open under the descriptor `fd`. The name `.` means the directory
 * itself. The caller keeps `fd` open until the driver has answered, so that renaming a parent cannot
 * turn the entry into another one meanwhile.
 */
export type Entry = Readonly<{ fd: number; name: ByteName }>;

export type FlagState = 'immutable' | 'mutable';

/**
 * Why one entry could not be read or changed.
 *
 * - `ENOENT`: there is no file and no directory of that name; a symlink, a fifo, a socket or a
 *   device counts as nothing too, and is never followed or touched.
 * - `ENOTTY`: the file system does not keep the attribute.
 * - `EUNKNOWN`: the entry can be read, yet it was not changed, for a reason that the driver could
 *   not find out.
 * - else what the system call said.
 */
export type EntryFailure = Readonly<{ errno: string }>;

/** What became of an entry that was to be brought to a state, or why it is not in it. */
export type Brought = 'changed' | 'unchanged' | EntryFailure;

/** The state that the entry has now, or why it is not known or not the wanted one. */
export type Outcome = FlagState | EntryFailure;

/**
 * Reads and sets the attribute for batches of entries. The outcomes are in the order of the
 * entries. One bad entry never spoils the others. The last path component is never followed when it
 * is a symlink, and all other attributes stay as they are.
 *
 * When the signal is aborted, both reject, and only after no process or system call of theirs can
 * touch the tree any more. Both throw `FilesFault` when nothing can be done for any entry, as when
 * a program is missing.
 */
export interface AttributeDriver {
  /** For people. */
  readonly name: string;
  /** Whose capabilities it works by; absent if it needs none. */
  readonly capabilitiesOf?: CapabilityHolder;
  /** About how long it takes to change an entry, beyond a look at it, in microseconds. */
  readonly changeUs?: number;

  read(entries: readonly Entry[], signal: AbortSignal): Promise<readonly Outcome[]>;

  /**
   * Brings the entries to `wanted`. They need not differ from it, yet the walk asks only for those
   * that do: a file system may refuse to set again what is set (ext4 does for indexed directories).
   */
  write(
    entries: readonly Entry[],
    wanted: FlagState,
    signal: AbortSignal,
  ): Promise<readonly Outcome[]>;

  /**
   * For a driver that looks at each entry before it changes it anyway: `read`, and `write` of those that
   * are not as wanted, in one.
   */
  bring?(
    entries: readonly Entry[],
    wanted: FlagState,
    signal: AbortSignal,
  ): Promise<readonly Brought[]>;

  /**
   * For a driver to which the names of files need not be told: lists directories, and does for each
   * file what `read`, or `read` and then `write`, would do. So that no call takes long, it may
   * stop early: the answers are in order and may be fewer, and the last may tell of a part.
   */
  sweep?(
    directories: readonly SweptDirectory[],
    order: SweepOrder,
    signal: AbortSignal,
  ): Promise<readonly Swept[]>;

  /**
   * For a driver that opens directories at less cost than {@link DirectoryHandles}: many calls at
   * the same moment are for the same walk. Resolves to undefined for what belongs to another file
   * system or mount than its parent. Rejects like open(2) for what is not there or no directory.
   */
  openDirectory?(parentFd: number, name: ByteName): Promise<OpenDirectory | undefined>;

  /**
   * For a driver whose programs may outlive this process: what changes the tree whose top is open
   * as `topFd`, and no other, until it is disposed of. Resolves when no program that another
   * process has left behind can touch the tree any more. Throws `FilesFault`.
   */
  inTree?(topFd: number, signal: AbortSignal): Promise<AttributeDriver & Disposable>;
}

export type OpenDirectory = Readonly<{ fd: number; inode: bigint }>;

export type SweptDirectory = Readonly<{
  /** As in {@link Entry}. The sweep moves its read position, so nobody else may read it meanwhile. */
  fd: number;
  /** True once an earlier sweep has been in it: the next goes on where that one stopped. */
  isBegun: boolean;
  /** Files in it that are mount points, and so belong to another tree. */
  mountPoints: readonly ByteName[];
}>;

export type SweepOrder = Readonly<{
  wanted: FlagState;
  mayWrite: boolean;
  /**
   * Open, and poll(2) tells on it when mounts are not as they were seen for the mount points of the
   * directories. Until then nothing is mounted below the top; undefined where something is.
   */
  quietMounts: number | undefined;
}>;

/** What a sweep has met in one directory since the last sweep of it. */
export type Swept = Readonly<{
  isEnded: boolean;
  directories: readonly ByteName[];
  /** Of these kinds it has met so many; of the files it has changed so many. */
  files: number;
  links: number;
  others: number;
  mounts: number;
  changed: number;
  /** The files that are not as wanted, with the state that they are in. */
  wrong: readonly Readonly<{ name: ByteName; outcome: Outcome }>[];
  /** Why the directory could not be listed to its end. */
  failure?: EntryFailure;
}>;
