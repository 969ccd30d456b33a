// What the programs that work on a tree have in common: an open file with a lock of flock(2), which
// belongs to all who have inherited it, and so lasts until the last of them has ended. The repo's
// lock goes with the daemon; this one stays for as long as anything of it is at work.
import { closeSync, fstatSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { FilesFault } from '@permafrost/workflow-core';
import { errnoOrThrow } from '../errno.ts';

/** A program that was left behind has at most the rest of one list of arguments to do. */
const LOOK_MS = 10;

export type HoldMeans = Readonly<{
  directory: string;
  /** Resolves to whether the open file has the lock now. */
  tryLock: (fd: number) => Promise<boolean>;
  signal: AbortSignal;
}>;

export class TreeHold implements Disposable {
  readonly fd: number;

  private constructor(fd: number) {
    this.fd = fd;
  }

  /**
   * Resolves when nobody else holds the tree whose top is open as `topFd`. Throws the reason of the
   * signal, and {@link FilesFault} `FILES_IO` when the file cannot be used.
   */
  static async take(topFd: number, { directory, tryLock, signal }: HoldMeans): Promise<TreeHold> {
    const hold = new TreeHold(openFile(directory, topFd));
    try {
      while (!(await tryLock(hold.fd))) await setTimeout(LOOK_MS, undefined, { signal });
      return hold;
    } catch (error) {
      hold[Symbol.dispose]();
      throw error;
    }
  }

  [Symbol.dispose](): void {
    closeSync(this.fd);
  }
}

function openFile(directory: string, topFd: number): number {
  const { dev, ino } = fstatSync(topFd, { bigint: true });
  const path = join(directory, `tree-${dev}-${ino}.hold`);
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    return openSync(path, 'a', 0o600);
  } catch (cause) {
    const message = `cannot open ${path}: ${errnoOrThrow(cause)}`;
    throw new FilesFault('FILES_IO', message, { retry: 'later', cause });
  }
}
