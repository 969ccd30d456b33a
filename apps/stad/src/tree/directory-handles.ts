// Keeps directories open, as many as are needed and few more. A directory is always opened relative
// to its open parent, never through a symlink and never into another file system or mount, so that
// no rename or symlink anywhere can lead the walk out of its tree (invariant 9).
//
// The invariant of all pinned paths: whoever uses a directory's descriptor holds a pin on it, and a
// pinned directory stays open. What is not pinned may be closed at any time, and is then opened
// again step by step from the nearest open ancestor, and must turn out to be the same inode. So the
// number of open descriptors depends neither on the depth nor on the size of the tree.
import { closeSync, constants, fstatSync, open } from 'node:fs';
import { promisify } from 'node:util';
import type { AttributeDriver, OpenDirectory } from './attribute-driver.ts';
import { mountIdOf } from './mounts.ts';
import { type ByteName, bytesOf } from './names.ts';

const openAsync = promisify(open);

/** A symlink gives ENOTDIR with these flags, and a missing directory ENOENT. */
const DIRECTORY_FLAGS = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/** Opens a directory that must not be a symlink itself. Throws the error of open(2). */
export function openDirectory(path: string | Buffer): Promise<number> {
  return openAsync(path, DIRECTORY_FLAGS);
}

export interface Directory {
  readonly parent: Directory | undefined;
  /** Empty for the top. */
  readonly name: ByteName;
  /** How many things below must still be settled before a post-order walk may settle this one. */
  waiting: number;
  /** Known from the first opening on. */
  inode: bigint | undefined;
  fd: number | undefined;
  /** While it is being opened: resolves to whether it belongs to the tree. */
  opening: Promise<boolean> | undefined;
  pins: number;
}

export function directoryBelow(parent: Directory | undefined, name: ByteName): Directory {
  return { parent, name, waiting: 0, inode: undefined, fd: undefined, opening: undefined, pins: 0 };
}

/** The path of a directory, or of an entry of it, relative to the top; the top itself is empty. */
export function pathBelowTop(directory: Directory, entry: ByteName = '.'): ByteName {
  const names = entry === '.' ? [] : [entry];
  for (let at = directory; at.parent; at = at.parent) names.push(at.name);
  return names.reverse().join('/');
}

/** A directory that was closed meanwhile is not the same any more. */
class MovedDirectoryError extends Error {
  readonly code = 'ESTALE';
  readonly syscall = 'open';
}

export type DirectoryOpener = NonNullable<AttributeDriver['openDirectory']>;

export class DirectoryHandles {
  readonly top: Directory;
  readonly #openBelow: DirectoryOpener;
  readonly #idleMax: number;
  /** Open without a pin, the one that was used longest ago first. */
  readonly #idle = new Set<Directory>();
  readonly #open = new Set<Directory>();

  /** Takes over `topFd` and closes it in the end. Keeps at most `idleMax` without a pin open. */
  constructor(topFd: number, idleMax: number, openBelow: DirectoryOpener = openerIn(topFd)) {
    const { ino } = fstatSync(topFd, { bigint: true });
    this.top = { ...directoryBelow(undefined, ''), inode: ino, fd: topFd, pins: 1 };
    this.#open.add(this.top);
    this.#openBelow = openBelow;
    this.#idleMax = idleMax;
  }

  /**
   * Opens the directory unless it is open, and holds it open until {@link unpin}. Resolves to
   * undefined, without a pin, if it belongs to another file system or mount than the top.
   * Throws the error of open(2), or ESTALE if another directory has taken its place.
   */
  async pin(directory: Directory): Promise<number | undefined> {
    while (directory.fd === undefined) {
      directory.opening ??= this.#openAgain(directory).finally(() => {
        directory.opening = undefined;
      });
      if (!(await directory.opening)) return undefined;
    }
    directory.pins++;
    this.#idle.delete(directory);
    return directory.fd;
  }

  unpin(directory: Directory): void {
    if (--directory.pins > 0) return;
    this.#idle.add(directory);
    const [oldest] = this.#idle;
    if (oldest && this.#idle.size > this.#idleMax) this.#close(oldest);
  }

  /** Closes everything. Whoever still holds a pin loses it. */
  close(): void {
    for (const directory of this.#open) this.#close(directory);
  }

  async #openAgain(directory: Directory): Promise<boolean> {
    const opened = await this.#openBelowParent(directory);
    const isSame = opened?.inode === (directory.inode ?? opened?.inode);
    if (opened && isSame) {
      directory.inode = opened.inode;
      directory.fd = opened.fd;
      this.#open.add(directory);
      return true;
    }
    if (opened) closeSync(opened.fd);
    if (directory.inode === undefined) return false;
    throw new MovedDirectoryError('a directory has been replaced during the walk');
  }

  async #openBelowParent({ parent, name }: Directory): Promise<OpenDirectory | undefined> {
    if (!parent) throw new Error('the top directory is pinned for as long as the walk lives');
    const parentFd = await this.pin(parent);
    // What has been entered before is now another mount's: whatever is below it is not ours.
    if (parentFd === undefined) return undefined;
    try {
      return await this.#openBelow(parentFd, name);
    } finally {
      this.unpin(parent);
    }
  }

  #close(directory: Directory): void {
    const { fd } = directory;
    this.#idle.delete(directory);
    this.#open.delete(directory);
    directory.fd = undefined;
    if (fd !== undefined) closeSync(fd);
  }
}

/** By hand: what has been opened is held against the file system and the mount of the top. */
function openerIn(topFd: number): DirectoryOpener {
  const { dev: device } = fstatSync(topFd, { bigint: true });
  const mountId = mountIdOf(topFd);
  return async (parentFd, name) => {
    const fd = await openDirectory(bytesOf(`/proc/self/fd/${parentFd}/${name}`));
    const { dev, ino: inode } = fstatSync(fd, { bigint: true });
    if (dev === device && mountIdOf(fd) === mountId) return { fd, inode };
    closeSync(fd);
    return undefined;
  };
}
