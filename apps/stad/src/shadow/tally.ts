// Counts of a directory tree, as the top `.nogtree` keeps them.
import { constants, type BigIntStats } from 'node:fs';

export type Kind = 'file' | 'directory' | 'link' | 'other';

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

/** What `lstat` says a thing is. */
export function kindOf(stats: BigIntStats): Kind {
  switch (Number(stats.mode) & constants.S_IFMT) {
    case constants.S_IFREG:
      return 'file';
    case constants.S_IFDIR:
      return 'directory';
    case constants.S_IFLNK:
      return 'link';
    default:
      return 'other';
  }
}

const NS_PER_S = 1_000_000_000n;

/** The modification time in whole Unix seconds, rounded down also before 1970. */
export function mtimeSOf({ mtimeNs }: BigIntStats): number {
  const seconds = Number(mtimeNs / NS_PER_S);
  return mtimeNs < 0n && mtimeNs % NS_PER_S !== 0n ? seconds - 1 : seconds;
}

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

  add(stats: BigIntStats): void {
    this.#whole?.add(stats);
    this.addToPart(stats);
  }

  /** For what the whole has counted already. */
  addToPart(stats: BigIntStats): void {
    const mtimeS = mtimeSOf(stats);
    if (mtimeS < this.mtimeMinS) this.mtimeMinS = mtimeS;
    if (mtimeS > this.mtimeMaxS) this.mtimeMaxS = mtimeS;
    switch (kindOf(stats)) {
      case 'file':
        this.files += 1;
        if (stats.nlink === 1n || this.#isFirstName(stats)) this.size += stats.size;
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

  #isFirstName({ ino, nlink }: BigIntStats): boolean {
    const toCome = this.#namesToCome.get(ino);
    if (toCome === 1) this.#namesToCome.delete(ino);
    else this.#namesToCome.set(ino, (toCome ?? Number(nlink)) - 1);
    return toCome === undefined;
  }
}
