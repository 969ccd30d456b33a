import type { Uuid } from '../ids/uuid.ts';
import type { StateKeeping, Versioned } from './aggregate.ts';

/** A state, and the rules by which it was made: a history can be looked at by more than one set. */
export type Remembered = Versioned<unknown> & Readonly<{ aggregate: StateKeeping<unknown> }>;

type Entry = Readonly<{ versioned: Remembered; bytes: number }>;

/** How much is remembered: so many states, and so many bytes, as the aggregates estimate them. */
export type CacheLimits = Readonly<{ statesMax: number; bytesMax: number }>;

/** Remembers the states that were used last, so that a find reads only what is new. */
export class StateCache {
  readonly #entries = new Map<Uuid, Entry>();
  readonly #limits: CacheLimits;
  #bytes = 0;

  constructor(limits: CacheLimits) {
    this.#limits = limits;
  }

  get(history: Uuid): Remembered | undefined {
    const entry = this.#entries.get(history);
    if (!entry) return undefined;
    // A Map keeps the order of insertion: what is used moves to the end, the front is forgotten.
    this.#entries.delete(history);
    this.#entries.set(history, entry);
    return entry.versioned;
  }

  /** Like {@link get}, for who only looks: it does not count as a use. */
  peek(history: Uuid): Remembered | undefined {
    return this.#entries.get(history)?.versioned;
  }

  set(history: Uuid, versioned: Remembered, bytes: number): void {
    this.delete(history);
    this.#entries.set(history, { versioned, bytes });
    this.#bytes += bytes;
    for (const oldest of this.#entries.keys()) {
      // What was used just now stays, however large: without it, each find would read it all again.
      if (!this.#isOverfull() || oldest === history) break;
      this.delete(oldest);
    }
  }

  delete(history: Uuid): void {
    this.#bytes -= this.#entries.get(history)?.bytes ?? 0;
    this.#entries.delete(history);
  }

  #isOverfull(): boolean {
    return this.#entries.size > this.#limits.statesMax || this.#bytes > this.#limits.bytesMax;
  }
}
