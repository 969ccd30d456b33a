// A regd that was killed could not take back what it had asked.
import type { Clock } from '@permafrost/workflow-core';
import type { SqliteJournal } from '@permafrost/events/sqlite';
import type { Routine } from '../regularly.ts';

/** Longer than anybody waits for an answer. */
const OLD_MS = 24 * 3_600_000;
const EVERY_MS = 3_600_000;

export function droppingOldInquiries({
  journal,
  clock,
}: Readonly<{ journal: SqliteJournal; clock: Clock }>): Routine {
  return {
    purpose: 'drop questions that nobody waits for',
    firstAfterMs: 0,
    everyMs: EVERY_MS,
    work: () => journal.inquiries.dropOlder(clock.nowMs() - OLD_MS),
  };
}
