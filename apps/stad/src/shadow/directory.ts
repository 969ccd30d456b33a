// Looking at the data: opens directories, lists them and reads what `lstat` says. It never follows
// a symlink and never enters another file system, also when names are swapped during the walk
// (invariant 9): a directory is held by its descriptor, and entries are reached through that (Linux).
//
// A walk uses the directory that it went into last, and the top. Of those between, only the nearest
// stay open, so that descriptors suffice for a tree of any depth; the others are opened again on the
// way back, by `..` of the directory below, and must turn out to be the same inode.
import { closeSync, constants, openSync, readdirSync, readlinkSync } from 'node:fs';
import { errnoOf, SystemCallError } from '../tree/errno.ts';
import { rawOf, type ByteString } from '../byte-string.ts';
import type { EntryStats } from './entry-stats.ts';
import { systemFault } from './faults.ts';
import type { Pace } from './pace.ts';
import { statCalls } from './stat-calls.ts';
import type { Tally } from './tally.ts';

export type Found = Readonly<{ name: ByteString; stats: EntryStats }>;

const OPEN_FLAGS = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/** Far more than most trees are deep, and far fewer than a process may have open. */
const OPEN_MAX = 64;

/** What a walk sees when an entry went away, or became something else, while it looked. */
const GONE = new Set(['ENOENT', 'ENOTDIR', 'ELOOP']);

/**
 * An open directory. Close it by `using`, and use no directory but the top while one below it is
 * open.
 */
export class Directory implements Disposable {
  /** As it was reached, for messages. */
  readonly path: ByteString;
  readonly stats: EntryStats;
  readonly #parent: Directory | undefined;
  /** Undefined while it is closed for the sake of those below it. */
  #descriptor: number | undefined;
  /** Why it could not be opened again. */
  #loss: unknown;

  private constructor(path: ByteString, descriptor: number, parent?: Directory) {
    this.path = path;
    this.stats = statCalls.ofOpen(descriptor);
    this.#descriptor = descriptor;
    this.#parent = parent;
  }

  /** Throws a FilesFault when there is no directory, or a symlink to one. */
  static open(path: ByteString): Directory {
    try {
      return new Directory(path, openSync(rawOf(path), OPEN_FLAGS));
    } catch (error) {
      throw systemFault(error, 'open directory', path);
    }
  }

  /** Throws a FilesFault when the directory was moved away while those below it were open. */
  get descriptor(): number {
    if (this.#descriptor === undefined) throw this.#loss;
    return this.#descriptor;
  }

  /** A path that leads to this very directory, whatever it is called by now. */
  get anchor(): string {
    return `/proc/self/fd/${this.descriptor}`;
  }

  [Symbol.dispose](): void {
    if (this.#parent) this.#parent.#openAgain(this);
    this.#close();
  }

  /** Undefined when it is gone, is no directory by now, or is on another file system. */
  openChild(name: ByteString): Directory | undefined {
    const path = `${this.path}/${name}`;
    let child: Directory;
    try {
      child = new Directory(path, openSync(rawOf(`${this.anchor}/${name}`), OPEN_FLAGS), this);
    } catch (error) {
      if (GONE.has(errnoOf(error) ?? '')) return undefined;
      throw systemFault(error, 'open directory', path);
    }
    if (child.stats.dev === this.stats.dev) {
      child.#closeFarAbove();
      return child;
    }
    child[Symbol.dispose]();
    return undefined;
  }

  /** The entries, in no order. One that goes away meanwhile is left out. */
  *list(): Generator<Found> {
    for (const name of this.#names()) {
      const stats = this.lstat(name);
      if (stats !== undefined) yield { name, stats };
    }
  }

  lstat(name: ByteString): EntryStats | undefined {
    try {
      return statCalls.ofEntry(this.descriptor, name);
    } catch (error) {
      throw systemFault(error, 'stat', `${this.path}/${name}`);
    }
  }

  /** The target of a symlink; undefined when it is none by now. */
  readLink(name: ByteString): ByteString | undefined {
    try {
      return readlinkSync(rawOf(`${this.anchor}/${name}`), 'latin1');
    } catch (error) {
      const errno = errnoOf(error) ?? '';
      if (GONE.has(errno) || errno === 'EINVAL') return undefined;
      throw systemFault(error, 'read link', `${this.path}/${name}`);
    }
  }

  #names(): ByteString[] {
    try {
      return readdirSync(this.anchor, 'latin1');
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return [];
      throw systemFault(error, 'list directory', this.path);
    }
  }

  /** Closes one directory, unless it is the top: those above it have been closed before. */
  #closeFarAbove(): void {
    let far: Directory | undefined = this.#parent;
    for (let level = 1; far && level < OPEN_MAX; level++) far = far.#parent;
    if (far && far.#parent) far.#close();
  }

  #close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  /** What fails here is told to whoever uses the directory, since those below it are done with. */
  #openAgain(child: Directory): void {
    if (this.#descriptor !== undefined) return;
    try {
      const descriptor = openSync(`${child.anchor}/..`, OPEN_FLAGS);
      const { dev, ino } = statCalls.ofOpen(descriptor);
      this.#descriptor = descriptor;
      if (dev === this.stats.dev && ino === this.stats.ino) return;
      this.#close();
      throw new SystemCallError('ESTALE', 'open');
    } catch (error) {
      this.#loss = systemFault(error, 'open directory', this.path);
    }
  }
}

/** Adds everything below a directory to the tally, but not the directory itself. */
export function measure(directory: Directory, tally: Tally, pace: Pace): Promise<void> {
  return visitBelow(directory, pace, (_, { stats }) => {
    tally.add(stats);
    return true;
  });
}

/** Visits everything below a directory; a visit says whether to enter what it was at. */
export async function visitBelow(
  directory: Directory,
  pace: Pace,
  visit: (directory: Directory, found: Found) => boolean,
): Promise<void> {
  for (const found of directory.list()) {
    const { name, stats } = found;
    const enters = visit(directory, found);
    await pace.met(directory, name, stats);
    if (!enters || stats.kind !== 'directory') continue;
    using child = directory.openChild(name);
    if (child !== undefined) await visitBelow(child, pace, visit);
  }
}
