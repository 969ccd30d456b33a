// The one rule of every adapter: what a line of a batch does to the head of its history, and when
// it is refused. Pure, so that no two adapters can disagree about it.
import { nilUlid } from '../ids/ulid.ts';
import {
  DuplicateEventError,
  HistoryDeletedError,
  HistoryKindError,
  JournalConflictError,
} from './errors.ts';
import type { Change, Head } from './journal.ts';

/**
 * The head after a change; undefined stands for a history that never was. Deleting such a history
 * changes nothing.
 *
 * Throws {@link HistoryDeletedError}, {@link HistoryKindError}, {@link JournalConflictError}, and
 * {@link DuplicateEventError} for an event with the nil id, which means "no event" everywhere.
 */
export function advanceHead(head: Head | undefined, change: Change): Head | undefined {
  const { history } = change;
  if (head?.deleted && change.do !== 'expect') throw new HistoryDeletedError(history);
  if (change.do === 'append' && head && head.kind !== change.kind) {
    throw new HistoryKindError({ history, stored: head.kind, wanted: change.kind });
  }
  const stored = head?.vid ?? nilUlid;
  const expected = change.do === 'append' ? change.parent : change.head;
  if (stored !== expected) throw new JournalConflictError({ history, stored, expected });

  switch (change.do) {
    case 'append':
      if (change.id === nilUlid) throw new DuplicateEventError(change.id);
      return { history, kind: change.kind, vid: change.id, deleted: false };
    case 'expect':
      return head;
    case 'delete':
      return head && { ...head, vid: nilUlid, deleted: true };
  }
}
