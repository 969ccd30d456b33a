// How fast work comes along. Only its last seconds count: those before may have been of another kind,
// as the entries are that an earlier run has done already, which are only looked at.

/** So much is done at a time; Unix milliseconds. */
export type Mark = Readonly<{ done: number; atMs: number }>;

const WINDOW_MS = 10_000;

export class Rate {
  #since: Mark;
  /** What is counted from once the time since then is as long as a window. */
  #next: Mark;

  constructor(start: Mark) {
    this.#since = start;
    this.#next = start;
  }

  /** A second, by the last one or two windows. Undefined while nothing is done in them. */
  at(now: Mark): number | undefined {
    if (now.atMs - this.#next.atMs >= WINDOW_MS) {
      this.#since = this.#next;
      this.#next = now;
    }
    const done = now.done - this.#since.done;
    const passedMs = now.atMs - this.#since.atMs;
    return done > 0 && passedMs > 0 ? (done * 1000) / passedMs : undefined;
  }
}
