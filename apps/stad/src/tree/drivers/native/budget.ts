// How much one task may do before its thread must answer: an abort waits for the answer.

/** Enough to make up for the way to the thread and back, and for a program that is started. */
const ENTRIES_MAX = 8192;
/** A program takes many times as long for each, a hundred microseconds on a busy disk. */
const ENTRIES_OF_PROGRAM_MAX = 2048;
/** For directories whose entries have to be read from a slow disk. */
const DURATION_MAX_MS = 250;

export class Budget {
  readonly #endMs = performance.now() + DURATION_MAX_MS;
  #entries: number;

  constructor(by: 'calls' | 'program') {
    this.#entries = by === 'calls' ? ENTRIES_MAX : ENTRIES_OF_PROGRAM_MAX;
  }

  /** Both are looked at a few times per thousand entries, so it may be a little more. */
  get isSpent(): boolean {
    return this.#entries <= 0 || performance.now() >= this.#endMs;
  }

  spend(entries: number): void {
    this.#entries -= entries;
  }
}
