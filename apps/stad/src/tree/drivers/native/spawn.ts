// Starts a program and waits for its end, without Node: posix_spawn(3) takes arguments as the bytes
// that they are, and does not copy the page tables of a process as large as this one, so that it
// costs about a tenth. The thread waits with it.
import { constants as os } from 'node:os';
import type { ByteName } from '../../names.ts';
import { ArgumentList } from './argument-list.ts';
import { type FileActions, STRUCTURE_BYTES } from './file-actions.ts';
import { call, errnoName, libcFunction, type Memory, memory } from './system-calls.ts';

/** A program could not be started, for the reason that `errno` names. */
export class NotStartedError extends Error {
  readonly errno: string;

  constructor(program: ByteName, errno: string) {
    super(`${program} could not be started: ${errno}`);
    this.errno = errno;
  }
}

const POSIX_SPAWN_SETPGROUP = 0x02;
const POSIX_SPAWN_SETSIGMASK = 0x08;

/**
 * Starts programs one after the other. Each is a process group of its own, so that a Ctrl-C that is
 * meant for this process does not stop it half-way. Throws where libc lacks what it takes.
 */
export class Spawn {
  readonly #spawn = libcFunction(
    'int posix_spawnp(uintptr_t, uintptr_t, uintptr_t, uintptr_t, uintptr_t, uintptr_t)',
  );
  readonly #attributes = attributesOfOwnGroup();
  readonly #arguments = new ArgumentList();
  readonly #environment = new ArgumentList();
  readonly #environmentAt = this.#environment.set(['LC_ALL=C']);
  readonly #answer = memory(4);

  /**
   * Runs a program of PATH, named by the first of the arguments. Returns its wait(2) status, which
   * is 0 if it ended well, or a negative errno. Throws {@link NotStartedError}.
   */
  run(all: readonly [program: ByteName, ...ByteName[]], actions: FileActions): number {
    const [program] = all;
    const argv = this.#arguments.set(all);
    const { at, buffer } = this.#answer;
    const failure = this.#spawn(
      at,
      this.#arguments.first,
      actions.at,
      this.#attributes.at,
      argv,
      this.#environmentAt,
    );
    if (failure !== 0) throw new NotStartedError(program, errnoName(-failure));
    const child = buffer.readInt32LE();
    let ended: number;
    do ended = call('wait4', child, at);
    while (ended === -os.errno.EINTR);
    return ended < 0 ? ended : buffer.readInt32LE();
  }
}

function attributesOfOwnGroup(): Memory {
  const attributes = memory(STRUCTURE_BYTES);
  libcFunction('int posix_spawnattr_init(uintptr_t)')(attributes.at);
  libcFunction('int posix_spawnattr_setflags(uintptr_t, int16_t)')(
    attributes.at,
    POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK,
  );
  return attributes;
}
