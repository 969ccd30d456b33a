// A history is a chain: each event names its predecessor (invariant 3). Checked whenever a history
// is read, so that damage is met before anybody decides on it.
import type { Ulid, Vid } from '../ids/ulid.ts';
import type { Uuid } from '../ids/uuid.ts';
import { BrokenChainError } from './errors.ts';
import type { StoredEvent } from './journal.ts';

export interface ChainEnds {
  history: Uuid;
  /** The id that the first event must follow. */
  after: Ulid;
  /** The id that the last event must have; undefined when the events are only a beginning. */
  head: Vid | undefined;
}

/** Throws {@link BrokenChainError} unless the events follow each other from end to end. */
export function checkChain(
  events: readonly StoredEvent[],
  { history, after, head }: ChainEnds,
): void {
  let previous = after;
  for (const { id, parent } of events) {
    if (parent !== previous) throw new BrokenChainError({ history, id, parent, previous });
    previous = id;
  }
  if (head !== undefined && previous !== head) {
    throw new BrokenChainError({ history, id: head, previous });
  }
}
