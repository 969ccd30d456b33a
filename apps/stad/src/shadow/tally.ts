// Counts of a directory tree, as the top `.nogtree` keeps them.
import type { EntryStats } from './entry-stats.ts';

export type Counts = Readonly<{
  /** With the directory itself. */
  dirs: number;
  /** Names: each hard link counts. */
  files: number;
  links: number;
  /** Fifos, sockets, devices. */
  others: number;
  /** Bytes of regular files; those of several names for one file count once. */
  size: bigint;
  mtimeMinS: number;
  mtimeMaxS: number;
}>;

/** Adds up what a walk meets. What is added to a part is added to the whole as well. */
export class Tally implements Counts {
  dirs = 0;
  files = 0;
  links = 0;
  others = 0;
  size = 0n;
  mtimeMinS: number = Number.POSITIVE_INFINITY;
  mtimeMaxS: number = Number.NEGATIVE_INFINITY;
  readonly #whole: Tally | undefined;
  /** Files with more names to come, and how many. A file leaves when its last name was met. */
  readonly #namesToCome = new Map<bigint, number>();

  constructor(whole?: Tally) {
    this.#whole = whole;
  }

  get entries(): number {
    return this.dirs + this.files + this.links + this.others;
  }

  add(stats: EntryStats): void {
    this.#whole?.add(stats);
    this.addToPart(stats);
  }

  /** For what the whole has counted already. */
  addToPart(stats: EntryStats): void {
    const { mtimeS } = stats;
    if (mtimeS < this.mtimeMinS) this.mtimeMinS = mtimeS;
    if (mtimeS > this.mtimeMaxS) this.mtimeMaxS = mtimeS;
    switch (stats.kind) {
      case 'file':
        this.files += 1;
        if (stats.nlink === 1 || this.#isFirstName(stats)) this.size += stats.size;
        break;
      case 'directory':
        this.dirs += 1;
        break;
      case 'link':
        this.links += 1;
        break;
      case 'other':
        this.others += 1;
    }
  }

  #isFirstName({ ino, nlink }: EntryStats): boolean {
    const toCome = this.#namesToCome.get(ino);
    if (toCome === 1) this.#namesToCome.delete(ino);
    else this.#namesToCome.set(ino, (toCome ?? nlink) - 1);
    return toCome === undefined;
  }
}
