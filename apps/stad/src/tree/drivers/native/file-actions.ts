// What posix_spawn(3) does in a new process before the program begins: it goes to a directory, and
// has nothing to read and nobody to hear what it says.
import { constants as fs } from 'node:fs';
import type { ByteName } from '../../names.ts';
import { type Address, libcFunction, type Memory, memory } from './system-calls.ts';

/** Far more than the opaque structures of posix_spawn(3) take in any libc. */
export const STRUCTURE_BYTES = 1024;

/**
 * Where a program runs: at a path, or in an open directory. There it keeps `hold` open, until its
 * end and whatever becomes of this process.
 */
export type Place = Readonly<{ path: ByteName } | { fd: number; hold: number }>;

/** The first descriptor that has no meaning to a program. */
const HOLD_FD = 3;
const STANDARD_FDS = [0, 1, 2];

const init = libcFunction('int posix_spawn_file_actions_init(uintptr_t)');
const destroy = libcFunction('int posix_spawn_file_actions_destroy(uintptr_t)');
const changeTo = libcFunction('int posix_spawn_file_actions_addchdir_np(uintptr_t, uintptr_t)');
const changeInto = libcFunction('int posix_spawn_file_actions_addfchdir_np(uintptr_t, int)');
const duplicate = libcFunction('int posix_spawn_file_actions_adddup2(uintptr_t, int, int)');
const open = libcFunction(
  'int posix_spawn_file_actions_addopen(uintptr_t, int, uintptr_t, int, uint32_t)',
);
const nothing = textOf('/dev/null');

export class FileActions implements Disposable {
  readonly #actions: Memory = memory(STRUCTURE_BYTES);

  constructor(place: Place) {
    const { at } = this.#actions;
    init(at);
    // libc copies the paths. The directory comes first, since the hold may take its number.
    if ('path' in place) changeTo(at, textOf(place.path).at);
    else {
      changeInto(at, place.fd);
      duplicate(at, place.hold, HOLD_FD);
    }
    for (const fd of STANDARD_FDS) open(at, fd, nothing.at, fs.O_RDWR, 0);
  }

  get at(): Address {
    return this.#actions.at;
  }

  [Symbol.dispose](): void {
    destroy(this.#actions.at);
  }
}

function textOf(text: ByteName): Memory {
  const place = memory(text.length + 1);
  place.buffer.write(text, 'latin1');
  return place;
}
