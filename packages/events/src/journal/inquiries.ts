// Questions that one daemon has for another, such as how a tree looks right now, and the answers.
// They go through the journal's database, as all that the daemons tell each other, but are no
// events: nothing is decided on them, and all of them may be lost, since whoever asked can ask again.
import type { Uuid } from '../ids/uuid.ts';

export type Inquiry = Readonly<{
  id: Uuid;
  /** The file host whose daemon shall answer. */
  host: string;
  /** What is asked; it says how `body` is to be read. */
  kind: string;
  body: Uint8Array;
  /** Unix milliseconds. */
  askedMs: number;
}>;

/** One piece of an answer. */
export type AnswerPart = Readonly<{
  /** 1 for the first part, and so on without gaps. */
  sequence: number;
  body: Uint8Array;
  isLast: boolean;
}>;

export interface Inquiries {
  /** Puts a question up, and wakes those who listen to the journal. */
  ask(inquiry: Inquiry): Promise<void>;

  /** The questions to a host that nobody has taken yet, oldest first. */
  open(host: string): Promise<readonly Inquiry[]>;

  /**
   * Makes a question this daemon's to answer. False if another one was faster, or if nobody waits for
   * the answer any more.
   */
  take(id: Uuid, instance: Uuid): Promise<boolean>;

  /** Who took a question; undefined if nobody has, or if nobody waits for the answer any more. */
  takenBy(id: Uuid): Promise<Uuid | undefined>;

  /**
   * Adds the next part of an answer, and wakes those who listen to the journal. Resolves to the number of
   * parts that were not read yet: whoever answers waits when they are many. Undefined if nobody waits
   * for the answer any more; then the part is dropped.
   */
  answer(id: Uuid, part: AnswerPart): Promise<number | undefined>;

  /** How many parts of an answer were not read yet; undefined if nobody waits for it any more. */
  unread(id: Uuid): Promise<number | undefined>;

  /** The parts of an answer that follow `after`, in order; those up to `after` are forgotten. */
  read(id: Uuid, after: number): Promise<readonly AnswerPart[]>;

  /** Takes a question back, and forgets its answer. */
  drop(id: Uuid): Promise<void>;

  /** Drops what was asked before that time (Unix milliseconds) by those who did not live to do it. */
  dropOlder(thanMs: number): Promise<void>;
}
