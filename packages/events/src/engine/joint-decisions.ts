// Decisions of one process are made together: one after the other, each on what those before it have
// decided, and committed as one batch. However many of one process want to move one history, they have
// only other processes to fear, and share one sync to disk.
//
// Optimistic in full: the states are taken as they are remembered, without a look at the journal, whose
// commit refuses the batch if one of them was old. Then all are decided again on what the journal says.
import { Fault } from '../fault.ts';
import { HistoryDeletedError, JournalConflictError } from '../journal/errors.ts';
import type { Batch } from './batch.ts';
import type { Histories } from './histories.ts';

/** Reads and decides; may run more than once, on one batch or another. */
export type Decide<T> = (batch: Batch) => Promise<T>;

type Waiting = {
  /** Resolves to what tells the caller, once the batch is committed. */
  decide: Decide<() => void>;
  reject: (error: unknown) => void;
  retries: number;
  readonly retriesMax: number;
};

/** A batch locks the journal for as long as its commit takes. */
const TOGETHER_MAX = 100;

export class JointDecisions {
  readonly #histories: Histories;
  readonly #pause: ((retry: number) => Promise<void>) | undefined;
  #waiting: Waiting[] = [];
  #isBusy = false;

  /** `pause` is waited for between two attempts. */
  constructor(histories: Histories, pause?: (retry: number) => Promise<void>) {
    this.#histories = histories;
    this.#pause = pause;
  }

  /**
   * Resolves to what `decide` resolved to, once that is committed; rejects with what it throws on
   * current states, and with what {@link Journal.commit} throws. A lost race is decided again so often.
   */
  decide<T>(decide: Decide<T>, retriesMax: number): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const told: Decide<() => void> = async (batch) => {
      const result = await decide(batch);
      return () => {
        resolve(result);
      };
    };
    this.#waiting.push({ decide: told, reject, retries: 0, retriesMax });
    if (!this.#isBusy) void this.#work();
    return promise;
  }

  async #work(): Promise<void> {
    this.#isBusy = true;
    for (let [first] = this.#waiting; first; [first] = this.#waiting)
      await this.#together(this.#comers(), first.retries === 0 ? 'memory' : 'journal');
    this.#isBusy = false;
  }

  /** All that wait, and whoever comes while those before him are decided. */
  *#comers(): Generator<Waiting> {
    for (let count = 0; count < TOGETHER_MAX; count++) {
      const one = this.#waiting.shift();
      if (!one) return;
      yield one;
    }
  }

  async #together(comers: Iterable<Waiting>, from: 'memory' | 'journal'): Promise<void> {
    const isSure = from === 'journal';
    const batch = isSure ? this.#histories.batch() : this.#histories.batchFromMemory();
    const all: Waiting[] = [];
    const decided: (() => void)[] = [];
    const thrown: { one: Waiting; error: unknown }[] = [];
    for (const one of comers) {
      all.push(one);
      try {
        decided.push(await batch.orTakeBack(() => one.decide(batch)));
      } catch (error) {
        thrown.push({ one, error });
      }
    }
    try {
      if (isSure) await this.#histories.commit(batch);
      else if (!(await isStillSo(this.#histories, batch))) {
        await this.#together(all, 'journal');
        return;
      }
    } catch (error) {
      await this.#notCommitted(all, error);
      return;
    }
    for (const tell of decided) tell();
    for (const { one, error } of thrown) {
      // What it met may be owed to an old memory, or to facts that were not yet in the journal.
      if (!isSure || decided.length > 0) await this.#together([one], 'journal');
      else one.reject(error);
    }
  }

  async #notCommitted(all: readonly Waiting[], error: unknown): Promise<void> {
    if (error instanceof JournalConflictError) await this.#again(all, error);
    else if (all.length === 1 || isPassing(error)) for (const { reject } of all) reject(error);
    // One of them is at fault, and the others shall not suffer for it.
    else for (const one of all) await this.#together([one], 'journal');
  }

  async #again(all: readonly Waiting[], error: JournalConflictError): Promise<void> {
    for (const one of all) one.retries++;
    const tired = all.filter(({ retries, retriesMax }) => retries >= retriesMax);
    for (const { reject } of tired) reject(error);
    this.#waiting.unshift(...all.filter((one) => !tired.includes(one)));
    await this.#pause?.(Math.max(...all.map(({ retries }) => retries)));
  }
}

/**
 * Commits the batch if it has decided anything, and else looks whether what it has read is still so.
 * Resolves to false, with nothing committed, if one of its states was old.
 */
async function isStillSo(histories: Histories, batch: Batch): Promise<boolean> {
  if (batch.isEmpty) return histories.isCurrent(batch);
  try {
    await histories.commit(batch);
    return true;
  } catch (error) {
    if (error instanceof JournalConflictError || error instanceof HistoryDeletedError) return false;
    throw error;
  }
}

function isPassing(error: unknown): boolean {
  return error instanceof Fault && error.retry === 'later';
}
