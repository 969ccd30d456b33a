// Runs a bounded number of jobs at once, so that a walk can be ahead of its batches but not far.

export class Lanes {
  readonly #count: number;
  readonly #busy = new Set<Promise<void>>();
  #error: { readonly cause: unknown } | undefined;

  constructor(count: number) {
    this.#count = count;
  }

  get idle(): boolean {
    return this.#busy.size === 0;
  }

  get full(): boolean {
    return this.#busy.size >= this.#count;
  }

  /** Resolves when the job has begun. Throws what an earlier job threw. */
  async start(job: () => Promise<void>): Promise<void> {
    while (this.full) await this.next();
    this.#rethrow();
    const running: Promise<void> = job()
      .catch((cause: unknown) => void (this.#error ??= { cause }))
      .finally(() => this.#busy.delete(running));
    this.#busy.add(running);
  }

  /** Resolves when one more job has ended. Throws what a job threw. */
  async next(): Promise<void> {
    await Promise.race(this.#busy);
    this.#rethrow();
  }

  /** Resolves when no job runs any more, whether they succeeded or not. */
  async drain(): Promise<void> {
    await Promise.all(this.#busy);
  }

  #rethrow(): void {
    if (this.#error) throw this.#error.cause;
  }
}
