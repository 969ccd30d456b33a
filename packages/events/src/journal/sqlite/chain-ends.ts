// The appends of one batch to one history are mostly a chain, and its head has to be moved only once: from
// the parent of the first to the id of the last.
import { nilUlid, type Ulid } from '../../ids/ulid.ts';
import type { Uuid } from '../../ids/uuid.ts';
import type { Change } from '../journal.ts';

export type Append = Extract<Change, { do: 'append' }>;

type Chain = { readonly first: Append; last: Append };

/** The first append of each chain of a batch, and where that chain leaves the head of its history. */
export function chainEnds(batch: readonly Change[]): ReadonlyMap<Append, Ulid> {
  const ends = new Map<Append, Ulid>();
  const open = new Map<Uuid, Chain>();
  for (const change of batch) {
    if (change.do !== 'append') {
      // It asks for the head as it is there and then.
      open.delete(change.history);
      continue;
    }
    const chain = open.get(change.history);
    const first = chain && follows(chain.last, change) ? chain.first : change;
    open.set(change.history, { first, last: change });
    ends.set(first, change.id);
  }
  return ends;
}

function follows(last: Append, next: Append): boolean {
  return next.parent === last.id && next.kind === last.kind && next.id !== nilUlid;
}
