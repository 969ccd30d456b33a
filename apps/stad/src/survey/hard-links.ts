// Finds the files of a tree that have names outside of it. Only files with several names are
// remembered, each until all of its names have been met.
import type { EntryStats } from '../shadow/entry-stats.ts';
import type { ByteName } from '../tree/names.ts';

export type LeavingFile = Readonly<{ path: ByteName; namesMet: number; names: number }>;

export class HardLinks {
  readonly #open = new Map<bigint, { path: ByteName; namesMet: number; names: number }>();

  /** Notes a name of a file; all files are on one file system. */
  met(path: () => ByteName, { ino, nlink }: EntryStats): void {
    if (nlink === 1) return;
    const known = this.#open.get(ino) ?? { path: path(), namesMet: 0, names: 0 };
    known.namesMet++;
    known.names = nlink;
    if (known.namesMet >= known.names) this.#open.delete(ino);
    else this.#open.set(ino, known);
  }

  /** Once all names in the tree have been met: the files that have more. */
  leaving(): readonly LeavingFile[] {
    return [...this.#open.values()];
  }
}
