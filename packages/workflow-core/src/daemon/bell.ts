// Waiting for news without missing any: what rings while nobody listens is heard by the next who does.
import type { Journal } from '@permafrost/events';
import type { Clock } from '../ports/time.ts';

/** Rung by every commit and every other wake-up of a journal, until it is disposed of. */
export class Bell implements Disposable {
  readonly #clock: Clock;
  readonly #unsubscribe: () => void;
  #isRung = false;
  #wake: () => void = () => undefined;

  constructor(journal: Pick<Journal, 'subscribe'>, clock: Clock) {
    this.#clock = clock;
    this.#unsubscribe = journal.subscribe(this.ring);
  }

  readonly ring = (): void => {
    this.#isRung = true;
    this.#wake();
  };

  /** Waits for a ring, but no longer than `ms` or until the signal is aborted. True if it has rung. */
  async next(ms: number, signal: AbortSignal): Promise<boolean> {
    if (!this.#isRung) {
      const woken = new AbortController();
      this.#wake = () => woken.abort();
      await this.#clock.sleep(ms, AbortSignal.any([signal, woken.signal]));
    }
    const hasRung = this.#isRung;
    this.#isRung = false;
    return hasRung;
  }

  [Symbol.dispose](): void {
    this.#unsubscribe();
  }
}
