// Sets the attribute by the program chattr, on many entries at once.
//
// Where the tree is held, chattr runs in the directory of the entries, and keeps the hold: so whoever
// works on the tree next waits for a chattr that has outlived this process.
//
// Else, and for entries that are scattered, it works in /proc/PID/fd of this process, where `N/name`
// is an entry of the directory that this process holds open as N, whatever has become of its path.
// Should this process die, nothing is to be found there any more: a chattr that outlives it reaches
// nothing. The way through /proc costs about as much as what is done at its end.
import type { Entry, FlagState, Outcome } from '../../attribute-driver.ts';
import type { ByteName } from '../../names.ts';
import { argumentBytes, ArgumentList } from './argument-list.ts';
import { FileActions } from './file-actions.ts';
import { Spawn } from './spawn.ts';

const FLAG = { immutable: '+i', mutable: '-i' } as const;

/** From so many on, what each gains makes up for the start of a program. */
const TOGETHER_MIN = 128;

type Bringing = Readonly<{ wanted: FlagState; hold?: number | undefined }>;
type Piece = Readonly<{ entries: readonly Entry[]; place: 'directory' | 'descriptors' }>;

export class ChattrProgram {
  readonly #spawn = new Spawn();
  readonly #inDescriptors = new FileActions({ path: `/proc/${process.pid}/fd` });
  readonly #look: (entry: Entry) => Outcome;

  /** `look` tells what an entry is like now. Throws where programs cannot be started like this. */
  constructor(look: (entry: Entry) => Outcome) {
    this.#look = look;
  }

  /**
   * Brings the entries to `wanted`. Where chattr failed, the answer is the state that the entry is
   * in all the same. Throws `NotStartedError` when chattr cannot be run.
   */
  bring(entries: readonly Entry[], { wanted, hold }: Bringing): readonly Outcome[] {
    const outcomes: Outcome[] = [];
    for (const piece of piecesOf(entries, hold !== undefined)) {
      const status = this.#run(piece, FLAG[wanted], hold);
      outcomes.push(...piece.entries.map((entry) => (status === 0 ? wanted : this.#look(entry))));
    }
    return outcomes;
  }

  #run({ entries, place }: Piece, flag: string, hold: number | undefined): number {
    const [first] = entries;
    if (place === 'descriptors' || hold === undefined || first === undefined)
      return this.#spawn.run(['chattr', flag, '--', ...entries.map(pathOf)], this.#inDescriptors);
    using inDirectory = new FileActions({ fd: first.fd, hold });
    return this.#spawn.run(['chattr', flag, '--', ...entries.map(({ name }) => name)], inDirectory);
  }
}

/** It begins with a digit, and so never looks like an option. */
function pathOf({ fd, name }: Entry): ByteName {
  return `${fd}/${name}`;
}

function* piecesOf(entries: readonly Entry[], isHeld: boolean): Generator<Piece> {
  let scattered: Entry[] = [];
  for (const together of byDirectory(entries)) {
    if (isHeld && together.length >= TOGETHER_MIN) {
      yield* piecesThatFit(scattered, 'descriptors');
      yield* piecesThatFit(together, 'directory');
      scattered = [];
    } else scattered.push(...together);
  }
  yield* piecesThatFit(scattered, 'descriptors');
}

function* byDirectory(entries: readonly Entry[]): Generator<readonly Entry[]> {
  for (let begin = 0, end = 0; begin < entries.length; begin = end) {
    while (end < entries.length && entries[end]?.fd === entries[begin]?.fd) end++;
    yield entries.slice(begin, end);
  }
}

/** As many in a piece as the arguments of one program can hold. */
function* piecesThatFit(entries: readonly Entry[], place: Piece['place']): Generator<Piece> {
  // Room for the program's own name and its options.
  const bytesMax = ArgumentList.bytesMax - 64;
  let begin = 0;
  let bytes = 0;
  for (const [at, entry] of entries.entries()) {
    const more = argumentBytes(pathOf(entry));
    if (bytes + more > bytesMax) {
      yield { entries: entries.slice(begin, at), place };
      begin = at;
      bytes = 0;
    }
    bytes += more;
  }
  if (begin < entries.length) yield { entries: entries.slice(begin), place };
}
