// Decisions that lost a race are made again together: one after the other, each on what those before
// it have decided, and committed as one batch. However many of one process want to move one history,
// they have only other processes to fear, and share one sync to disk.
import { Fault } from '../fault.ts';
import { JournalConflictError } from '../journal/errors.ts';
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

  /** Resolves to what `decide` resolved to, once that is committed; rejects with what it throws. */
  retry<T>(decide: Decide<T>, retriesMax: number): Promise<T> {
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
    while (this.#waiting.length > 0) await this.#together(this.#waiting.splice(0, TOGETHER_MAX));
    this.#isBusy = false;
  }

  async #together(all: readonly Waiting[]): Promise<void> {
    const batch = this.#histories.batch();
    const decided: (() => void)[] = [];
    const thrown: { one: Waiting; error: unknown }[] = [];
    for (const one of all) {
      try {
        decided.push(await batch.orTakeBack(() => one.decide(batch)));
      } catch (error) {
        thrown.push({ one, error });
      }
    }
    try {
      await this.#histories.commit(batch);
    } catch (error) {
      await this.#notCommitted(all, error);
      return;
    }
    for (const tell of decided) tell();
    for (const { one, error } of thrown) {
      // What it met may be owed to facts that were not yet in the journal.
      if (decided.length > 0) await this.#together([one]);
      else one.reject(error);
    }
  }

  async #notCommitted(all: readonly Waiting[], error: unknown): Promise<void> {
    if (error instanceof JournalConflictError) await this.#again(all, error);
    else if (all.length === 1 || isPassing(error)) for (const { reject } of all) reject(error);
    // One of them is at fault, and the others shall not suffer for it.
    else for (const one of all) await this.#together([one]);
  }

  async #again(all: readonly Waiting[], error: JournalConflictError): Promise<void> {
    for (const one of all) one.retries++;
    const tired = all.filter(({ retries, retriesMax }) => retries >= retriesMax);
    for (const { reject } of tired) reject(error);
    this.#waiting.unshift(...all.filter((one) => !tired.includes(one)));
    await this.#pause?.(Math.max(...all.map(({ retries }) => retries)));
  }
}

function isPassing(error: unknown): boolean {
  return error instanceof Fault && error.retry === 'later';
}
