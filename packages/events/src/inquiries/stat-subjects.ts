// Questions about what is recorded of a repo's files.
import { inquiries } from '@permafrost/proto/events';
import type { Subject } from './subject.ts';

/** To record them now. */
export const statSubject: Subject<inquiries.StatQuestion, inquiries.StatRecorded> = {
  kind: 'stat',
  question: inquiries.StatQuestion,
  item: inquiries.StatRecorded,
};

/** What differs from the last record. */
export const statStatusSubject: Subject<inquiries.StatStatusQuestion, inquiries.StatDifference> = {
  kind: 'stat-status',
  question: inquiries.StatStatusQuestion,
  item: inquiries.StatDifference,
};
