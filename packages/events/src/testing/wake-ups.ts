import type { Journal } from '../journal/journal.ts';

/** Counts the calls of a listener, and lets a test wait for the next one. */
export class WakeUps {
  readonly stop: () => void;
  #count = 0;
  #next = Promise.withResolvers<undefined>();

  constructor(journal: Pick<Journal, 'subscribe'>) {
    this.stop = journal.subscribe(() => {
      this.#count++;
      this.#next.resolve(undefined);
      this.#next = Promise.withResolvers();
    });
  }

  get count(): number {
    return this.#count;
  }

  /** Resolves at the first call after this one. */
  next(): Promise<undefined> {
    return this.#next.promise;
  }
}
