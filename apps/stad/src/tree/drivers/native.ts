// Reads and sets the immutable attribute by system calls on threads of their own, so that the
// daemon's own loop stays free. Works on Linux, x86-64 and arm64.
import { availableParallelism } from 'node:os';
import { FilesFault } from '@permafrost/workflow-core';
import type {
  AttributeDriver,
  Brought,
  Entry,
  FlagState,
  Outcome,
  SweepOrder,
  Swept,
  SweptDirectory,
} from '../attribute-driver.ts';
import type { DirectoryOpener } from '../directory-handles.ts';
import { Opening } from './native/opening.ts';
import type { Answer, AttributeWay, Task } from './native/tasks.ts';
import { Thread } from './native/thread.ts';

/** More of them only wait for each other in the journal of the file system. */
const THREADS_MAX = 4;

export class NativeDriver implements AttributeDriver {
  readonly name = 'native';
  readonly capabilitiesOf = 'self';
  readonly changeUs = 7;
  /** Missing where the kernel cannot make the guarantee; the walk then makes it by hand. */
  readonly openDirectory?: DirectoryOpener;
  readonly #threads: readonly Thread[];

  private constructor(threads: readonly Thread[]) {
    this.#threads = threads;
    if (threads.every(({ canOpen }) => canOpen)) {
      const opening = new Opening((directories) => this.#idlest.run({ do: 'open', directories }));
      this.openDirectory = (fd, name) => opening.open({ fd, name });
    }
  }

  /**
   * Starts the threads. They end with the process. Throws {@link FilesFault} `FILES_NO_PROGRAM`
   * where the system calls cannot be made: for want of koffi's binary, or on another system.
   */
  static async open(way: AttributeWay = 'by-name'): Promise<NativeDriver> {
    const count = Math.min(availableParallelism(), THREADS_MAX);
    try {
      return new NativeDriver(
        await Promise.all(Array.from({ length: count }, () => Thread.start(way))),
      );
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new FilesFault(
        'FILES_NO_PROGRAM',
        `the driver native does not work here: ${reason.split('\n')[0] ?? ''}`,
        { retry: 'never', cause: error },
      );
    }
  }

  read(entries: readonly Entry[], signal: AbortSignal): Promise<readonly Outcome[]> {
    return this.#run({ do: 'read', entries }, signal);
  }

  write(
    entries: readonly Entry[],
    wanted: FlagState,
    signal: AbortSignal,
    hold?: number,
  ): Promise<readonly Outcome[]> {
    return this.#run({ do: 'write', entries, wanted, hold }, signal);
  }

  bring(
    entries: readonly Entry[],
    wanted: FlagState,
    signal: AbortSignal,
  ): Promise<readonly Brought[]> {
    return this.#run({ do: 'bring', entries, wanted }, signal);
  }

  sweep(
    directories: readonly SweptDirectory[],
    order: SweepOrder,
    signal: AbortSignal,
    hold?: number,
  ): Promise<readonly Swept[]> {
    return this.#run({ do: 'sweep', directories, order, hold }, signal);
  }

  /** Resolves to whether the open file has the lock of flock(2) now; it never waits for it. */
  lock(fd: number, signal: AbortSignal): Promise<boolean> {
    return this.#run({ do: 'lock', fd }, signal);
  }

  /** A task takes a fraction of a second: an abort lets it end, since calls cannot be taken back. */
  async #run<T extends Task>(task: T, signal: AbortSignal): Promise<Answer<T>> {
    signal.throwIfAborted();
    const answer = await this.#idlest.run(task);
    signal.throwIfAborted();
    return answer;
  }

  get #idlest(): Thread {
    return this.#threads.reduce((a, b) => (b.load < a.load ? b : a));
  }
}
