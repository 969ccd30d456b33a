// Sets the attribute by the program chattr, on many entries at once.
//
// It works in /proc/PID/fd of this process, where `N/name` is an entry of the directory that this
// process holds open as N, whatever has become of its path. Should this process die, nothing is to
// be found there any more: a chattr that outlives it reaches nothing.
import type { Entry, FlagState, Outcome } from '../../attribute-driver.ts';
import type { ByteName } from '../../names.ts';
import { argumentBytes, ArgumentList } from './argument-list.ts';
import { Spawn } from './spawn.ts';

const FLAG = { immutable: '+i', mutable: '-i' } as const;

export class ChattrProgram {
  readonly #spawn = new Spawn(`/proc/${process.pid}/fd`);
  readonly #look: (entry: Entry) => Outcome;

  /** `look` tells what an entry is like now. Throws where programs cannot be started like this. */
  constructor(look: (entry: Entry) => Outcome) {
    this.#look = look;
  }

  /**
   * Brings the entries to `wanted`. Where chattr failed, the answer is the state that the entry is
   * in all the same. Throws `NotStartedError` when chattr cannot be run.
   */
  bring(entries: readonly Entry[], wanted: FlagState): readonly Outcome[] {
    const outcomes: Outcome[] = [];
    for (const piece of piecesOf(entries)) {
      const status = this.#spawn.run(['chattr', FLAG[wanted], '--', ...piece.map(pathOf)]);
      outcomes.push(...piece.map((entry) => (status === 0 ? wanted : this.#look(entry))));
    }
    return outcomes;
  }
}

/** It begins with a digit, and so never looks like an option. */
function pathOf({ fd, name }: Entry): ByteName {
  return `${fd}/${name}`;
}

/** As many in a piece as the arguments of one program can hold. */
function* piecesOf(entries: readonly Entry[]): Generator<readonly Entry[]> {
  // Room for the program's own name and its options.
  const bytesMax = ArgumentList.bytesMax - 64;
  let begin = 0;
  let bytes = 0;
  for (const [at, entry] of entries.entries()) {
    const more = argumentBytes(pathOf(entry));
    if (bytes + more > bytesMax) {
      yield entries.slice(begin, at);
      begin = at;
      bytes = 0;
    }
    bytes += more;
  }
  if (begin < entries.length) yield entries.slice(begin);
}
