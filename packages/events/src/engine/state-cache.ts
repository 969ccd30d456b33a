import type { Versioned } from './aggregate.ts';
import type { Uuid } from '../ids/uuid.ts';

/** Remembers the states that were used last, so that a find reads only what is new. */
export class StateCache {
  readonly #entries = new Map<Uuid, Versioned<unknown>>();
  readonly #entriesMax: number;

  constructor(entriesMax: number) {
    this.#entriesMax = entriesMax;
  }

  get(history: Uuid): Versioned<unknown> | undefined {
    return this.#entries.get(history);
  }

  set(history: Uuid, entry: Versioned<unknown>): void {
    // A Map keeps the order of insertion: what is used moves to the end, the front is forgotten.
    this.#entries.delete(history);
    this.#entries.set(history, entry);
    if (this.#entries.size > this.#entriesMax) {
      for (const oldest of this.#entries.keys()) {
        this.#entries.delete(oldest);
        break;
      }
    }
  }

  delete(history: Uuid): void {
    this.#entries.delete(history);
  }
}
