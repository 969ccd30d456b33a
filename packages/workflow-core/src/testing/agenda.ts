// What is due when, on virtual time. The one source of order in tests and simulations: items run by
// their due time, and those that are due at once in the order in which they were added.

/** Who an item belongs to: a process that may die and take its items along. */
export type Owner = object;

type Item = Readonly<{ dueMs: number; serial: number; owner: Owner | undefined; run: () => void }>;

export class Agenda {
  #nowMs: number;
  #serial = 0;
  /** A binary heap: the item that is due first is at the front. */
  #heap: Item[] = [];

  constructor(startMs = 0) {
    this.#nowMs = startMs;
  }

  /** Milliseconds of virtual time. Never goes back. */
  get nowMs(): number {
    return this.#nowMs;
  }

  get size(): number {
    return this.#heap.length;
  }

  /** When the next item is due; undefined when there is none. */
  get nextMs(): number | undefined {
    return this.#heap[0]?.dueMs;
  }

  /** Adds an item that is due after a while. */
  after(delayMs: number, run: () => void, owner?: Owner): void {
    const dueMs = this.#nowMs + Math.max(0, delayMs);
    this.#push({ dueMs, serial: this.#serial++, owner, run });
  }

  /** Forgets all items of an owner: they never run. */
  drop(owner: Owner): void {
    const kept = this.#heap.filter((item) => item.owner !== owner);
    this.#heap = [];
    for (const item of kept) this.#push(item);
  }

  /** Moves time to the next item and runs it. False when there is none. */
  runNext(): boolean {
    const item = this.#pop();
    if (!item) return false;
    this.#nowMs = Math.max(this.#nowMs, item.dueMs);
    item.run();
    return true;
  }

  /** Moves time without running anything. */
  moveTo(nowMs: number): void {
    this.#nowMs = Math.max(this.#nowMs, nowMs);
  }

  #push(item: Item): void {
    const heap = this.#heap;
    let at = heap.push(item) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || !isEarlier(item, above)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = item;
  }

  #pop(): Item | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || first === last) return first;
    let at = 0;
    for (;;) {
      const [left, right] = [heap[2 * at + 1], heap[2 * at + 2]];
      if (left === undefined) break;
      const isRight = right !== undefined && isEarlier(right, left);
      const child = isRight ? right : left;
      if (!isEarlier(child, last)) break;
      heap[at] = child;
      at = 2 * at + (isRight ? 2 : 1);
    }
    heap[at] = last;
    return first;
  }
}

function isEarlier(a: Item, b: Item): boolean {
  return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.serial < b.serial);
}

/** A sleep on virtual time: `wakeAfter` schedules the waking, and an aborted signal wakes at once. */
export function sleepOn(wakeAfter: (wake: () => void) => void, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const wake = (): void => {
      // A signal may outlive many sleeps, and must not gather the listeners of all of them.
      signal.removeEventListener('abort', wake);
      resolve();
    };
    if (signal.aborted) {
      wake();
      return;
    }
    signal.addEventListener('abort', wake);
    wakeAfter(wake);
  });
}

/** Resolves when all that was ready to run has run: only timers and the outer world are left. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
