// Lists a directory and settles its files, without a string or an object for any of them: the
// names stay where the kernel has put them.
import { constants as os } from 'node:os';
import type { SweepOrder, Swept, SweptDirectory } from '../../attribute-driver.ts';
import type { ByteName } from '../../names.ts';
import { type AttributeCalls, type EntryType, typeOf } from './attribute-calls.ts';
import type { Budget } from './budget.ts';
import { type Mounts, MountWatch } from './mount-watch.ts';
import { call, errnoName, memory } from './system-calls.ts';

/** Some thousand names of usual length; what one getdents64(2) gives is done as a whole. */
const listing = memory(64 * 1024);

/** `struct linux_dirent64`. */
const LENGTH_AT = 16;
const TYPE_AT = 18;
const NAME_AT = 19;
/** The types as getdents64(2) tells them. It may also say 0, for unknown. */
const TYPES: Readonly<Record<number, EntryType>> = {
  1: 'other',
  2: 'other',
  4: 'directory',
  6: 'other',
  8: 'file',
  10: 'link',
  12: 'other',
  14: 'other',
};

const { EXDEV } = os.errno;
const DOT = 0x2e;
const SEEK_SET = 0;

type Draft = { -readonly [K in keyof Swept]: Swept[K] } & {
  directories: ByteName[];
  wrong: { name: ByteName; outcome: Swept['wrong'][number]['outcome'] }[];
};

export class DirectorySweep {
  readonly #calls: AttributeCalls;
  readonly #order: SweepOrder;
  readonly #mounts: Mounts;

  constructor(calls: AttributeCalls, order: SweepOrder) {
    this.#calls = calls;
    this.#order = order;
    this.#mounts = MountWatch.on(order.quietMounts);
  }

  /** Goes through a directory to its end, or until the budget is spent. */
  run({ fd, isBegun, mountPoints }: SweptDirectory, budget: Budget): Swept {
    const seen: Draft = {
      isEnded: false,
      directories: [],
      files: 0,
      links: 0,
      others: 0,
      mounts: 0,
      changed: 0,
      wrong: [],
    };
    if (!isBegun) call('lseek', fd, 0, SEEK_SET);
    while (!seen.isEnded && !budget.isSpent) {
      const length = call('getdents64', fd, listing.at, listing.buffer.length);
      let entries = 0;
      for (let at = 0; at < length; at += listing.buffer.readUInt16LE(at + LENGTH_AT)) {
        this.#visit(fd, at, seen, mountPoints);
        entries++;
      }
      budget.spend(entries);
      if (length <= 0) seen.isEnded = true;
      if (length < 0) seen.failure = { errno: errnoName(length) };
    }
    return seen;
  }

  #visit(fd: number, at: number, seen: Draft, mountPoints: readonly ByteName[]): void {
    const nameAt = at + NAME_AT;
    switch (TYPES[listing.buffer.readUInt8(at + TYPE_AT)] ?? typeOf(fd, listing.at + nameAt)) {
      case 'directory':
        if (!isDots(nameAt)) seen.directories.push(nameFrom(nameAt));
        break;
      case 'link':
        seen.links++;
        break;
      case 'other':
        seen.others++;
        break;
      case 'file':
        if (mountPoints.length > 0 && mountPoints.includes(nameFrom(nameAt))) seen.mounts++;
        else this.#settle(fd, nameAt, seen);
        break;
      default:
        // It has gone since the kernel listed it, or cannot even be looked at.
        this.#settle(fd, nameAt, seen);
    }
  }

  #settle(fd: number, nameAt: number, seen: Draft): void {
    const { wanted, mayWrite } = this.#order;
    const address = listing.at + nameAt;
    const isWantedImmutable = wanted === 'immutable';
    const result = mayWrite
      ? this.#calls.bring(fd, address, isWantedImmutable, this.#mounts)
      : this.#calls.look(fd, address);
    if (result === -EXDEV) {
      seen.mounts++;
      return;
    }
    seen.files++;
    if (result < 0)
      seen.wrong.push({ name: nameFrom(nameAt), outcome: { errno: errnoName(result) } });
    else if (mayWrite) seen.changed += result;
    else if ((result === 1) !== isWantedImmutable)
      seen.wrong.push({
        name: nameFrom(nameAt),
        outcome: isWantedImmutable ? 'mutable' : 'immutable',
      });
  }
}

function isDots(nameAt: number): boolean {
  const { buffer } = listing;
  if (buffer[nameAt] !== DOT) return false;
  return buffer[nameAt + 1] === 0 || (buffer[nameAt + 1] === DOT && buffer[nameAt + 2] === 0);
}

function nameFrom(nameAt: number): ByteName {
  return listing.buffer.toString('latin1', nameAt, listing.buffer.indexOf(0, nameAt));
}
