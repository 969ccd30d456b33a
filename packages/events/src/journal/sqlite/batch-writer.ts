// Writes one batch, inside of a transaction that somebody else began: checks each line against the
// head of its history as the database has it, then writes it.
import type { Database } from 'better-sqlite3';
import { invariant } from '../../engine/decision.ts';
import { nilUlid, ulidToBytes } from '../../ids/ulid.ts';
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
  readonly #moveOn;
  readonly #findHistory;
  readonly #addHistory;
  readonly #addEvent;
  readonly #removeEvents;
  readonly #bury;
  readonly #end;

  /** `nowMs` gives Unix milliseconds, for the tombstones. */
  constructor(db: Database, nowMs: () => number) {
    this.#nowMs = nowMs;
    this.#moveOn = db
      .prepare<[Uint8Array, Uint8Array, string, Uint8Array], number>(
        `UPDATE histories SET head = ?
         WHERE id = ? AND kind = ? AND head = ? AND deleted_ms IS NULL RETURNING hid`,
      )
      .pluck();
    this.#findHistory = db.prepare<[Uint8Array], HistoryRow>(
      'SELECT hid, id, kind, head, deleted_ms FROM histories WHERE id = ?',
    );
    this.#addHistory = db.prepare<[Uint8Array, string, Uint8Array]>(
      'INSERT INTO histories (id, kind, head) VALUES (?, ?, ?)',
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
    if (change.do === 'append') return this.#append(change);
    const row = this.#find(change);
    if (change.do === 'delete' && row) {
      this.#removeEvents.run(row.hid);
      this.#bury.run(this.#nowMs(), row.hid);
    }
    return undefined;
  }

  #append(change: Append): Position {
    const { id, body } = change;
    const [head, parent] = [ulidToBytes(id), ulidToBytes(change.parent)];
    const hid = this.#moveHead(change, { head, parent }) ?? this.#addHistoryOf(change, head);
    try {
      return Number(this.#addEvent.run(hid, head, parent, body, checksumOf(body)).lastInsertRowid);
    } catch (error) {
      if (isUniqueViolation(error)) throw new DuplicateEventError(id);
      throw error;
    }
  }

  /**
   * Moves on a history that is as the change expects it, in one statement, since an append is nearly
   * always this. Undefined if it is not, or if there is none.
   */
  #moveHead(
    { history, kind, id }: Append,
    { head, parent }: { head: Uint8Array; parent: Uint8Array },
  ): number | undefined {
    return id === nilUlid ? undefined : this.#moveOn.get(head, uuidToBytes(history), kind, parent);
  }

  #addHistoryOf(change: Append, head: Uint8Array): number | bigint {
    const row = this.#find(change);
    invariant(row === undefined, 'a history that an append may follow was moved on before');
    return this.#addHistory.run(uuidToBytes(change.history), change.kind, head).lastInsertRowid;
  }

  /** The history of a change. Throws what stands in the way of that change. */
  #find(change: Change): HistoryRow | undefined {
    const row = this.#findHistory.get(uuidToBytes(change.history));
    advanceHead(row && toHead(row), change);
    return row;
  }
}
