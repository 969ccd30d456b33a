// Arguments, or an environment, as a program is given them: an array of pointers to texts, with a
// null pointer at its end.
import type { ByteName } from '../../names.ts';
import { type Address, type Memory, memory } from './system-calls.ts';

/**
 * Linux grants 128 KiB whatever the limits are (execve(2)); more would depend on the machine. The
 * rest is for the environment and the kernel's own.
 */
const BYTES_MAX = 120 * 1024;
const POINTER_BYTES = 8;
const TWO_32 = 2 ** 32;

/** What an argument takes of the room that a program has for them. */
export function argumentBytes(argument: ByteName): number {
  return argument.length + 1 + POINTER_BYTES;
}

export class ArgumentList {
  static readonly bytesMax: number = BYTES_MAX;
  readonly #texts: Memory = memory(BYTES_MAX);
  readonly #pointers: Memory = memory(BYTES_MAX);

  /** Where the first argument is, after {@link set}. */
  get first(): Address {
    return this.#texts.at;
  }

  /** Takes the place of what was here before. Returns the address of the pointers. */
  set(all: readonly ByteName[]): Address {
    this.#texts.buffer.write(`${all.join('\0')}\0`, 'latin1');
    let textAt = 0;
    let pointerAt = 0;
    for (const text of all) {
      pointerAt = this.#writePointer(this.#texts.at + textAt, pointerAt);
      textAt += text.length + 1;
    }
    this.#writePointer(0, pointerAt);
    return this.#pointers.at;
  }

  #writePointer(address: Address, at: number): number {
    const { buffer } = this.#pointers;
    buffer.writeUInt32LE(address % TWO_32, at);
    return buffer.writeUInt32LE(Math.floor(address / TWO_32), at + 4);
  }
}
