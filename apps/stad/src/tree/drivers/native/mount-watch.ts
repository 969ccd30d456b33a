// Whether something may be mounted over the files of a task. A name that leads to another mount is
// another file's, and the quick calls that take a name would go there. Between the question and the call
// lies about a microsecond; what is asked of an open file has no such gap, and takes longer.
import { call, memory } from './system-calls.ts';

/** Asked before each change of what is given by its name. */
export interface Mounts {
  /** Whether nothing is mounted over it. */
  readonly isQuiet: boolean;
}

/** What is open cannot be mounted over any more. */
export const ITSELF: Mounts = { isQuiet: true };
export const UNKNOWN: Mounts = { isQuiet: false };

/** `struct pollfd`: the descriptor, then what is asked for and what is told, 16 bits each. */
const poll = memory(8);
const POLLPRI = 0x2;
/** `struct timespec`: it never waits. */
const noTime = memory(16);

export class MountWatch implements Mounts {
  readonly #fd: number;
  #isQuiet = true;

  /** `quiet` is as {@link SweepOrder} has it. */
  static on(quiet: number | undefined): Mounts {
    return quiet === undefined ? UNKNOWN : new MountWatch(quiet);
  }

  private constructor(fd: number) {
    this.#fd = fd;
  }

  /** Asks the kernel, which tells of a change once. An error is no proof that there was none. */
  get isQuiet(): boolean {
    poll.buffer.writeInt32LE(this.#fd, 0);
    poll.buffer.writeUInt16LE(POLLPRI, 4);
    this.#isQuiet &&= call('ppoll', poll.at, 1, noTime.at) === 0;
    return this.#isQuiet;
  }
}
