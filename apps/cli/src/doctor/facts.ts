// All that the doctor judges by.
import type { Inspection } from '@permafrost/events/sqlite';
import type { operator } from '@permafrost/proto';

export type Facts = Readonly<{
  /** Of this program. */
  version: string;
  regd: RegdFacts;
  state: StateFacts;
}>;

/** What could not be looked at, and why. */
export type Unseen = Readonly<{ unseen: string }>;

export type RegdFacts =
  | (Unseen &
      Readonly<{
        address: string;
        /** Why, in full, and what to do. */
        message: string;
        remedy: string;
      }>)
  | RegdAnswers;

export type RegdAnswers = Readonly<{
  address: string;
  isServing: boolean;
  status: operator.GetStatusResponse;
  examined: operator.ExamineHostsResponse;
  /** When it was asked for what it examined, and when it had answered, by the clock here. */
  asked: Interval;
}>;

export type Interval = Readonly<{ fromMs: number; toMs: number }>;

export type StateFacts =
  | Unseen
  | Readonly<{
      /** The state directory first, then the files of the journal. */
      owned: readonly OwnedFile[];
      freeBytes: number;
      journal: JournalFacts;
    }>;

/** Or, where it cannot be read, what the journal's fault says. */
export type JournalFacts = Inspection | Readonly<{ fault: string }> | 'missing';

export type OwnedFile = Readonly<{
  path: string;
  uid: number;
  /** Its permission bits. */
  mode: number;
}>;
