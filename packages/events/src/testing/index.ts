// For the tests of this package's users: the journal in memory, and the suites of the ports.
export { MemoryJournal, type MemoryJournalOptions } from '../journal/memory-journal.ts';
export { bodies, Draft, headsOf, nextId, unplaced, type AppendOptions } from './draft.ts';
export { inquiriesSuite, type InquiriesFixture } from './inquiries-suite.ts';
export type { JournalFixture, SharedJournalFixture } from './journal-fixture.ts';
export { journalSuite } from './journal-suite.ts';
export { noticeboardSuite, type NoticeboardFixture } from './noticeboard-suite.ts';
export { sharedJournalSuite } from './shared-journal-suite.ts';
export { tracesSuite, type TracesFixture } from './traces-suite.ts';
export { WakeUps } from './wake-ups.ts';
