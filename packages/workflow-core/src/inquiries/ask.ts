// Asks the stad of a host, and hands on its answer as it comes, for as long as somebody answers.
// Only what was not taken from the generator waits, in the journal's database, and stad waits
// when that is much: so memory is bounded at both ends, however long the answer is.
import {
  decodeAnswer,
  type Inquiries,
  type Journal,
  type Noticeboard,
  type Subject,
  type Uuid,
} from '@permafrost/events';
import { Bell } from '../daemon/bell.ts';
import { isAlive, isServed } from '../daemon/presence.ts';
import type { Clock } from '../ports/time.ts';
import { AnswerFailedError, UnansweredError } from './errors.ts';

export type InquiryJournal = Pick<Journal, 'subscribe'> &
  Pick<Noticeboard, 'present'> & { readonly inquiries: Inquiries };

export type Asking = Readonly<{ journal: InquiryJournal; clock: Clock }>;

export type Question<Q> = Readonly<{ id: Uuid; host: string; question: Q }>;

/** How often is looked whether somebody is still about to answer. */
const LOOK_MS = 1000;
/** Within this time a stad takes a question, unless it has many. */
export const TAKE_MS_MAX = 30_000;
/** Whoever answers tells something from time to time, at least how far it is. */
const SILENCE_MS_MAX = 10 * 60_000;

/**
 * Asks, and yields the items of the answer. The question is taken back when the caller stops
 * early. Throws {@link UnansweredError}, {@link AnswerFailedError}, what the journal throws, or the
 * signal's reason.
 */
export async function* ask<Q, Item>(
  { journal, clock }: Asking,
  { kind, question: message, item }: Subject<Q, Item>,
  { id, host, question }: Question<Q>,
  signal: AbortSignal,
): AsyncGenerator<Item> {
  const { inquiries } = journal;
  const askedMs = clock.nowMs();
  if (!(await isServed(journal, host, askedMs))) throw absent(host);
  using bell = new Bell(journal, clock);
  try {
    await inquiries.ask({ id, host, kind, body: message.encode(question).finish(), askedMs });
    const attendance = new Attendance({ journal, clock }, { id, host, askedMs });
    for (let after = 0; ;) {
      const parts = await inquiries.read(id, after);
      if (parts.length === 0) attendance.assertOngoing();
      else attendance.heard();
      for (const { sequence, body, isLast } of parts) {
        const { items, failure } = decodeAnswer(body);
        for (const bytes of items) yield item.decode(bytes);
        if (failure) throw new AnswerFailedError(failure);
        if (isLast) return;
        after = sequence;
      }
      if (parts.length > 0) continue;
      await bell.next(LOOK_MS, signal);
      signal.throwIfAborted();
      await attendance.look();
    }
  } finally {
    await inquiries.drop(id);
  }
}

/** Whether somebody is about to answer. */
class Attendance {
  readonly #asking: Asking;
  readonly #question: Readonly<{ id: Uuid; host: string; askedMs: number }>;
  #lookedMs: number;
  #heardMs: number;
  #trouble: UnansweredError | undefined;

  constructor(asking: Asking, question: Readonly<{ id: Uuid; host: string; askedMs: number }>) {
    this.#asking = asking;
    this.#question = question;
    this.#lookedMs = this.#heardMs = question.askedMs;
  }

  heard(): void {
    this.#heardMs = this.#asking.clock.nowMs();
    this.#trouble = undefined;
  }

  /** Finds out now and then, before the parts are read: whoever has gone may have answered first. */
  async look(): Promise<void> {
    const nowMs = this.#asking.clock.nowMs();
    if (nowMs - this.#lookedMs < LOOK_MS) return;
    this.#lookedMs = nowMs;
    this.#trouble = await this.#findTrouble(nowMs);
  }

  /** Throws {@link UnansweredError} when the last look has found that nothing more will come. */
  assertOngoing(): void {
    if (this.#trouble) throw this.#trouble;
  }

  async #findTrouble(nowMs: number): Promise<UnansweredError | undefined> {
    const { journal } = this.#asking;
    const { id, host, askedMs } = this.#question;
    const taker = await journal.inquiries.takenBy(id);
    if (taker === undefined) {
      if (!(await isServed(journal, host, nowMs))) return absent(host);
      if (nowMs - askedMs <= TAKE_MS_MAX) return undefined;
      return new UnansweredError('STAD_BUSY', `the stad of host ${host} has not come to it yet`);
    }
    const stad = (await journal.present()).find(({ instance }) => instance === taker);
    if (!stad || !isAlive(stad, nowMs))
      return new UnansweredError(
        'STAD_GONE',
        `the stad of host ${host} has gone without an answer`,
      );
    if (nowMs - this.#heardMs <= SILENCE_MS_MAX) return undefined;
    const who = `the stad of host ${host} (process ${stad.pid})`;
    return new UnansweredError('STAD_SILENT', `${who} has not said anything for long`);
  }
}

function absent(host: string): UnansweredError {
  return new UnansweredError('STAD_ABSENT', `no stad of host ${host} is running`);
}
