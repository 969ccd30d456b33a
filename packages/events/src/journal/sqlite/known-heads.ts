// Heads that need not be looked up again: as long as nobody else has committed, a head is as this
// connection has seen it last, unless it has moved it itself. To ask whether anybody has costs a fraction
// of a look at the table, and nearly all that is asked of a journal is whether a history has moved on.
import type { Database } from 'better-sqlite3';
import type { Uuid } from '../../ids/uuid.ts';
import type { Head } from '../journal.ts';
import { newsOf } from './news.ts';

/** Beyond so many all are forgotten: those that are asked for often are soon known again. */
const HEADS_MAX = 4096;

export class KnownHeads {
  readonly #heads = new Map<Uuid, Head>();
  readonly #hasNews: () => boolean;

  constructor(db: Database) {
    this.#hasNews = newsOf(db);
  }

  /** The head of a history, if it is known to be still so. */
  get(history: Uuid): Head | undefined {
    this.refresh();
    return this.#heads.get(history);
  }

  /** Forgets what may have moved. To be called before anything is read that is to be learned. */
  refresh(): void {
    if (this.#hasNews()) this.#heads.clear();
  }

  /** A head as it was read since the last {@link refresh}, in the same turn. */
  learn(head: Head): void {
    if (this.#heads.size >= HEADS_MAX) this.#heads.clear();
    this.#heads.set(head.history, head);
  }

  /** To be called by who moves the head, within the transaction: so it is right however that ends. */
  forget(history: Uuid): void {
    this.#heads.delete(history);
  }
}
