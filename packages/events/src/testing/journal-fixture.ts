import type { Journal } from '../journal/journal.ts';

/** A new, empty journal under test. */
export interface JournalFixture {
  journal: Journal;
  /** Closes all handles, and removes the journal. */
  close: () => Promise<void>;
}

/** A journal that several processes can have open. */
export interface SharedJournalFixture extends JournalFixture {
  /** Opens one more handle on the same journal, as another process would. */
  another: () => Promise<Journal>;
}
