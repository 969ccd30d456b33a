// Optimistic in full: decides on the states as they are remembered, without a look at the journal, whose
// commit refuses the batch if one of them was old. A decision that comes to nothing has no commit to
// prove it, and is held against the journal before anybody hears of it.
import { HistoryDeletedError, JournalConflictError } from '../journal/errors.ts';
import type { Batch } from './batch.ts';
import type { Histories } from './histories.ts';
import type { Decide } from './joint-decisions.ts';

/**
 * Resolves to undefined, with nothing committed, if the states that it has read were old: then it is to be decided
 * again. Throws what `decide` throws on current states, and what {@link Journal.commit} throws else.
 */
export async function decideFromMemory<T>(
  histories: Histories,
  decide: Decide<T>,
): Promise<{ result: T } | undefined> {
  const batch = histories.batchFromMemory();
  let result: T;
  try {
    result = await decide(batch);
  } catch (error) {
    if (await histories.isCurrent(batch)) throw error;
    return undefined;
  }
  if (batch.isEmpty) return (await histories.isCurrent(batch)) ? { result } : undefined;
  return (await isCommitted(histories, batch)) ? { result } : undefined;
}

async function isCommitted(histories: Histories, batch: Batch): Promise<boolean> {
  try {
    await histories.commit(batch);
    return true;
  } catch (error) {
    if (error instanceof JournalConflictError || error instanceof HistoryDeletedError) return false;
    throw error;
  }
}
