// Lists an index in the order in which its workflows were begun, so that a page of it can be told
// without a look at the others.
import type { Ulid } from '@permafrost/events';
import type { Indexed } from './indexed.ts';

export type Listing = Readonly<{
  /** Only what comes after the workflow that was begun by this event, which need not exist any more. */
  after?: Ulid;
  newestFirst?: boolean;
  /** Only workflows of the repo there. */
  globalPath?: string;
}>;

/** Those of some entries that a listing wants, in its order. */
export function listed<E extends Indexed>(entries: Iterable<E>, listing: Listing): readonly E[] {
  const { after, globalPath } = listing;
  return [...entries]
    .filter((entry) => after === undefined || comesFirst(after, entry.startedEventId, listing))
    .filter((entry) => globalPath === undefined || entry.globalPath === globalPath)
    .sort((a, b) => (comesFirst(a.startedEventId, b.startedEventId, listing) ? -1 : 1));
}

/** Two lists that are in the order of a listing, as one that is. */
export function* merged<A extends Indexed, B extends Indexed>(
  listA: Iterable<A>,
  listB: Iterable<B>,
  listing: Listing,
): Generator<A | B> {
  const [as, bs] = [listA[Symbol.iterator](), listB[Symbol.iterator]()];
  let [a, b] = [as.next(), bs.next()];
  while (!a.done || !b.done) {
    const isA =
      b.done === true ||
      (!a.done && comesFirst(a.value.startedEventId, b.value.startedEventId, listing));
    if (isA && !a.done) {
      yield a.value;
      a = as.next();
    } else if (!b.done) {
      yield b.value;
      b = bs.next();
    }
  }
}

function comesFirst(a: Ulid, b: Ulid, { newestFirst = false }: Listing): boolean {
  return newestFirst ? a > b : a < b;
}
