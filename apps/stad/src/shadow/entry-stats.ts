// What is known of an entry without opening it: the part of stat(2) that counts here.
import { constants, type BigIntStats } from 'node:fs';
import type { ByteString } from '../byte-string.ts';

export type Kind = 'file' | 'directory' | 'link' | 'other';

export type EntryStats = Readonly<{
  kind: Kind;
  /** In bytes. */
  size: bigint;
  /** The modification time in whole Unix seconds, rounded down also before 1970. */
  mtimeS: number;
  dev: bigint;
  ino: bigint;
  nlink: number;
}>;

/** How entries are looked at. Both throw errors with a `code`, as Node does, and follow no symlink. */
export interface StatCalls {
  ofOpen: (fd: number) => EntryStats;
  /** Undefined when there is nothing of that name. */
  ofEntry: (fd: number, name: ByteString) => EntryStats | undefined;
}

export function kindOf(mode: number): Kind {
  switch (mode & constants.S_IFMT) {
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

/** From what Node says. */
export function entryStats({ mode, size, mtimeNs, dev, ino, nlink }: BigIntStats): EntryStats {
  const seconds = Number(mtimeNs / NS_PER_S);
  const mtimeS = mtimeNs < 0n && mtimeNs % NS_PER_S !== 0n ? seconds - 1 : seconds;
  return { kind: kindOf(Number(mode)), size, mtimeS, dev, ino, nlink: Number(nlink) };
}
