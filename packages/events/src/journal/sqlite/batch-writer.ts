// Writes one batch, inside of a transaction that somebody else began: checks each line against the
// head of its history as the database has it, then writes it.
import type { Database } from 'better-sqlite3';
import { ulidToBytes } from '../../ids/ulid.ts';
import { uuidToBytes } from '../../ids/uuid.ts';
import { advanceHead } from '../advance-head.ts';
import { DuplicateEventError } from '../errors.ts';
import type { Change, Position } from '../journal.ts';
import { checksumOf } from './checksum.ts';
import { isUniqueViolation } from './faults.ts';
import { toHead, type HistoryRow } from './rows.ts';

type Append = Extract<Change, { do: 'append' }>;

export class BatchWriter {
  readonly #nowMs: () => number;
  readonly #findHistory;
  readonly #addHistory;
  readonly #moveHead;
  readonly #addEvent;
  readonly #removeEvents;
  readonly #bury;
  readonly #end;

  /** `nowMs` gives Unix milliseconds, for the tombstones. */
  constructor(db: Database, nowMs: () => number) {
    this.#nowMs = nowMs;
    this.#findHistory = db.prepare<[Uint8Array], HistoryRow>(
      'SELECT hid, id, kind, head, deleted_ms FROM histories WHERE id = ?',
    );
    this.#addHistory = db.prepare<[Uint8Array, string, Uint8Array]>(
      'INSERT INTO histories (id, kind, head) VALUES (?, ?, ?)',
    );
    this.#moveHead = db.prepare<[Uint8Array, number]>(
      'UPDATE histories SET head = ? WHERE hid = ?',
    );
    this.#addEvent = db.prepare<[number | bigint, Uint8Array, Uint8Array, Uint8Array, number]>(
      'INSERT INTO events (hid, id, parent, body, checksum) VALUES (?, ?, ?, ?, ?)',
    );
    this.#removeEvents = db.prepare<[number]>('DELETE FROM events WHERE hid = ?');
    this.#bury = db.prepare<[number, number]>('UPDATE histories SET deleted_ms = ? WHERE hid = ?');
    this.#end = db
      .prepare<[], number>("SELECT seq FROM sqlite_sequence WHERE name = 'events'")
      .pluck();
  }

  /** Throws what {@link Journal.commit} throws; the caller undoes what was written by then. */
  write(batch: readonly Change[]): Position {
    let position: Position | undefined;
    for (const change of batch) position = this.#apply(change) ?? position;
    return position ?? this.#end.get() ?? 0;
  }

  #apply(change: Change): Position | undefined {
    const row = this.#findHistory.get(uuidToBytes(change.history));
    advanceHead(row && toHead(row), change);
    if (change.do === 'append') return this.#append(change, row?.hid);
    if (change.do === 'delete' && row) {
      this.#removeEvents.run(row.hid);
      this.#bury.run(this.#nowMs(), row.hid);
    }
    return undefined;
  }

  #append({ history, kind, id, parent, body }: Append, hid: number | undefined): Position {
    const head = ulidToBytes(id);
    if (hid !== undefined) this.#moveHead.run(head, hid);
    const owner = hid ?? this.#addHistory.run(uuidToBytes(history), kind, head).lastInsertRowid;
    const row = [owner, head, ulidToBytes(parent), body, checksumOf(body)] as const;
    try {
      return Number(this.#addEvent.run(...row).lastInsertRowid);
    } catch (error) {
      if (isUniqueViolation(error)) throw new DuplicateEventError(id);
      throw error;
    }
  }
}
