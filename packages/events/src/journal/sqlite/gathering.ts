// How long a commit waits for others that could share its transaction. Many clients each come in by an
// event of their own, all in one turn of the event loop, and are worth waiting for until it ends. A
// writer that is alone would wait for nobody: a turn takes a tenth of the time of the commit itself.
import { setImmediate as nextTurn } from 'node:timers/promises';

/** A commit so long after the last one is taken to be alone, in milliseconds. */
const LONELY_AFTER_MS = 1;
/** So many follow each other without a turn at most, so that whoever comes by an event has one soon. */
const SEQUELS_MAX = 8;

export class Gathering {
  #endMs = -Infinity;
  #sequels = 0;
  /** Until those have spoken who were told of the last commit, nobody else can. */
  #isAmongThemselves = false;

  /** Resolves when all have come who are to share the next transaction. */
  async wait(): Promise<void> {
    const isSequel = this.#isAmongThemselves;
    if (isSequel ? this.#sequels < SEQUELS_MAX : this.#isLonely()) {
      this.#sequels += isSequel ? 1 : 0;
      // What was decided together still comes together.
      await afterMicrotasks();
    } else {
      this.#sequels = 0;
      await nextTurn();
    }
  }

  /** A transaction has ended, and those who shared it are about to be told. */
  ended(sharedBy: number): void {
    this.#endMs = performance.now();
    if (sharedBy > 1) return;
    this.#isAmongThemselves = true;
    void afterMicrotasks().then(() => (this.#isAmongThemselves = false));
  }

  #isLonely(): boolean {
    return performance.now() - this.#endMs > LONELY_AFTER_MS;
  }
}

function afterMicrotasks(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}
