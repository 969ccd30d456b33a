// Writes one batch, inside of a transaction that somebody else began: checks each line against the
// head of its history as the database has it, then writes it.
import type { Database } from 'better-sqlite3';
import { invariant } from '../../engine/decision.ts';
import { nilUlid, ulidToBytes, type Ulid } from '../../ids/ulid.ts';
import { uuidToBytes, type Uuid } from '../../ids/uuid.ts';
import { advanceHead } from '../advance-head.ts';
import { DuplicateEventError } from '../errors.ts';
import type { Change, Position } from '../journal.ts';
import { chainEnds, type Append } from './chain-ends.ts';
import { checksumOf } from './checksum.ts';
import { isUniqueViolation } from './faults.ts';
import type { KnownHeads } from './known-heads.ts';
import { toHead, type HistoryRow } from './rows.ts';

type Expectation = Extract<Change, { do: 'expect' }>;
/** What the events of a history are stored under. */
type Hid = number | bigint;

export class BatchWriter {
  readonly #nowMs: () => number;
  readonly #heads: KnownHeads;
  readonly #moveOn;
  readonly #findHead;
  readonly #findHistory;
  readonly #addHistory;
  readonly #addEvent;
  readonly #removeEvents;
  readonly #bury;
  readonly #end;

  /** `nowMs` gives Unix milliseconds, for the tombstones. */
  constructor(db: Database, { nowMs, heads }: { nowMs: () => number; heads: KnownHeads }) {
    this.#nowMs = nowMs;
    this.#heads = heads;
    this.#moveOn = db
      .prepare<[Uint8Array, Uint8Array, string, Uint8Array], number>(
        `UPDATE histories SET head = ?
         WHERE id = ? AND kind = ? AND head = ? AND deleted_ms IS NULL RETURNING hid`,
      )
      .pluck();
    this.#findHead = db
      .prepare<[Uint8Array, Uint8Array], 1>(
        'SELECT 1 FROM histories WHERE id = ? AND head = ? AND deleted_ms IS NULL',
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
    const ends = chainEnds(batch);
    const hids = new Map<Uuid, Hid>();
    let position: Position | undefined;
    for (const change of batch) {
      switch (change.do) {
        case 'append': {
          const end = ends.get(change);
          if (end !== undefined) hids.set(change.history, this.#moveHead(change, end));
          position = this.#add(change, hids.get(change.history));
          break;
        }
        case 'expect':
          if (!this.#isAt(change)) this.#find(change);
          break;
        case 'delete':
          this.#delete(change);
      }
    }
    return position ?? this.#end.get() ?? 0;
  }

  #add({ id, parent, body }: Append, hid: Hid | undefined): Position {
    invariant(hid !== undefined, 'each append belongs to a chain');
    try {
      const row = [hid, ulidToBytes(id), ulidToBytes(parent), body, checksumOf(body)] as const;
      return Number(this.#addEvent.run(...row).lastInsertRowid);
    } catch (error) {
      if (isUniqueViolation(error)) throw new DuplicateEventError(id);
      throw error;
    }
  }

  #delete(change: Change): void {
    const row = this.#find(change);
    if (!row) return;
    this.#heads.forget(change.history);
    this.#removeEvents.run(row.hid);
    this.#bury.run(this.#nowMs(), row.hid);
  }

  /**
   * Moves the head of a history to `end`, if it is as the change expects it: in one statement, since
   * nearly always it is so.
   */
  #moveHead(change: Append, end: Ulid): Hid {
    const { history, kind, id, parent } = change;
    this.#heads.forget(history);
    const [uuid, head] = [uuidToBytes(history), ulidToBytes(end)];
    const isUsual = id !== nilUlid && parent !== nilUlid;
    const hid = isUsual ? this.#moveOn.get(head, uuid, kind, ulidToBytes(parent)) : undefined;
    if (hid !== undefined) return hid;
    const row = this.#find(change);
    invariant(row === undefined, 'a history that an append may follow was moved on before');
    return this.#addHistory.run(uuid, kind, head).lastInsertRowid;
  }

  /** Whether a living history has the head that is expected of it: asked first, as it is cheap to tell. */
  #isAt({ history, head }: Expectation): boolean {
    return this.#findHead.get(uuidToBytes(history), ulidToBytes(head)) !== undefined;
  }

  /** The history of a change. Throws what stands in the way of that change. */
  #find(change: Change): HistoryRow | undefined {
    const row = this.#findHistory.get(uuidToBytes(change.history));
    advanceHead(row && toHead(row), change);
    return row;
  }
}
