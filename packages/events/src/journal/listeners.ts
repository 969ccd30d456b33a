// Who wants to hear of commits. Many commits that come at once are told once.

/** Runs something soon, never at once. */
export type Schedule = (run: () => void) => void;

export class Listeners {
  readonly #subscriptions = new Set<() => void>();
  readonly #schedule: Schedule;
  #due = false;

  constructor(schedule: Schedule = queueMicrotask) {
    this.#schedule = schedule;
  }

  get size(): number {
    return this.#subscriptions.size;
  }

  /** Adds a listener, each time anew; the returned function takes this one subscription back. */
  add(listener: () => void): () => void {
    const subscription = () => listener();
    this.#subscriptions.add(subscription);
    return () => {
      this.#subscriptions.delete(subscription);
    };
  }

  /** Calls every listener soon, once, however often this is called before that. */
  notify(): void {
    if (this.#due) return;
    this.#due = true;
    this.#schedule(() => {
      this.#due = false;
      // Each on its own, so that a listener with a bug cannot keep the news from the others.
      for (const subscription of this.#subscriptions) {
        this.#schedule(() => {
          if (this.#subscriptions.has(subscription)) subscription();
        });
      }
    });
  }

  clear(): void {
    this.#subscriptions.clear();
  }
}
