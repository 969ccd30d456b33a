// What a walk does with the entries that it meets.
import type {
  AttributeDriver,
  Brought,
  Entry,
  FlagState,
  Swept,
  SweepOrder,
  SweptDirectory,
} from './attribute-driver.ts';

/** What became of one entry. A `FlagState`: it was left in that state, which is not the wanted one. */
export type Settled = Brought | FlagState;

/** Settles a batch; the answers are in the order of the entries. */
export type Settle = (
  entries: readonly Entry[],
  signal: AbortSignal,
) => Promise<readonly Settled[]>;

/** Brings entries to the wanted state. What is right already is read once and not written. */
export function bringTo(driver: AttributeDriver, wanted: FlagState): Settle {
  if (driver.bring) {
    const bring = driver.bring.bind(driver);
    return (entries, signal) => bring(entries, wanted, signal);
  }
  const wrong: FlagState = wanted === 'immutable' ? 'mutable' : 'immutable';
  return async (entries, signal) => {
    const seen = await driver.read(entries, signal);
    const toWrite = entries.filter((_, index) => seen[index] === wrong);
    const written = toWrite.length > 0 ? await driver.write(toWrite, wanted, signal) : [];
    const answers = written.values();
    return seen.map((before): Settled => {
      if (typeof before !== 'string') return before;
      if (before === wanted) return 'unchanged';
      const after = answers.next().value ?? before;
      if (typeof after !== 'string') return after;
      return after === wanted ? 'changed' : { errno: 'EUNKNOWN' };
    });
  };
}

/** Sees for itself what state entries are in, and changes nothing. */
export function look(driver: AttributeDriver, wanted: FlagState): Settle {
  return async (entries, signal) => {
    const seen = await driver.read(entries, signal);
    return seen.map((state): Settled => (state === wanted ? 'unchanged' : state));
  };
}

/** Settles the files of directories without being told their names. */
export type Sweep = (
  directories: readonly SweptDirectory[],
  quietMounts: SweepOrder['quietMounts'],
  signal: AbortSignal,
) => Promise<readonly Swept[]>;

/** Undefined for a driver that must be told each name. */
export function sweepWith(
  driver: AttributeDriver,
  order: Omit<SweepOrder, 'quietMounts'>,
): Sweep | undefined {
  if (!driver.sweep) return undefined;
  const sweep = driver.sweep.bind(driver);
  return (directories, quietMounts, signal) =>
    sweep(directories, { ...order, quietMounts }, signal);
}
