// Everything that only looks at histories and events.
//
// The `+` before a parameter does nothing, but that SQLite does not look at the value when it plans: it
// would plan a statement with `position > ?` or `LIMIT ?` anew for each other value, which takes longer
// than to run it.
import type { Database } from 'better-sqlite3';
import { nilUlid, ulidFromBytes, ulidToBytes, type Ulid, type Vid } from '../../ids/ulid.ts';
import { uuidFromBytes, uuidToBytes, type Uuid } from '../../ids/uuid.ts';
import { checkChain } from '../check-chain.ts';
import { JournalUnusableError, UnknownEventError } from '../errors.ts';
import type { Head, Position, ReadOptions, StoredEvent, StreamKind } from '../journal.ts';
import type { KnownHeads } from './known-heads.ts';
import { PACKED_EVENT, toEvent, toHead, type EventRow, type HistoryRow } from './rows.ts';

type Place = Pick<HistoryRow, 'hid'> & Pick<EventRow, 'position'>;
type JoinedRow = EventRow & { history: Uint8Array; kind: StreamKind };

const HISTORY = 'SELECT hid, id, kind, head, deleted_ms FROM histories';

export class Reads {
  readonly #heads: KnownHeads;
  readonly #history;
  readonly #historiesAfter;
  readonly #place;
  readonly #idBefore;
  readonly #eventsOf;
  readonly #anyEventOf;
  readonly #eventsAfter;
  readonly #end;
  readonly #readAtOnce: (history: Uuid, options: ReadOptions) => StoredEvent[];

  constructor(db: Database, heads: KnownHeads) {
    this.#heads = heads;
    this.#history = db.prepare<[Uint8Array], HistoryRow>(`${HISTORY} WHERE id = ?`);
    this.#historiesAfter = db.prepare<[Uint8Array, number], HistoryRow>(
      `${HISTORY} WHERE id > +? ORDER BY id LIMIT +?`,
    );
    this.#place = db.prepare<[Uint8Array], Place>('SELECT position, hid FROM events WHERE id = ?');
    this.#idBefore = db
      .prepare<[Uint8Array, Position], Uint8Array>(
        `SELECT events.id FROM events JOIN histories USING (hid)
         WHERE histories.id = +? AND position < +? ORDER BY position DESC LIMIT 1`,
      )
      .pluck();
    this.#eventsOf = db.prepare<[number, Position, number], EventRow>(
      `SELECT ${PACKED_EVENT} FROM events
       WHERE hid = +? AND position > +? ORDER BY position LIMIT +?`,
    );
    this.#anyEventOf = db
      .prepare<[number], number>('SELECT 1 FROM events WHERE hid = ? LIMIT 1')
      .pluck();
    this.#eventsAfter = db.prepare<[Position, number], JoinedRow>(
      `SELECT ${PACKED_EVENT}, histories.id AS history, kind
       FROM events JOIN histories USING (hid)
       WHERE position > +? ORDER BY position LIMIT +?`,
    );
    this.#end = db
      .prepare<[], Position>("SELECT seq FROM sqlite_sequence WHERE name = 'events'")
      .pluck();
    // One transaction, so that all statements see the same moment.
    this.#readAtOnce = db.transaction((history: Uuid, options: ReadOptions) =>
      this.#read(history, options),
    );
  }

  read(history: Uuid, options: ReadOptions): StoredEvent[] {
    return this.#readAtOnce(history, options);
  }

  readAll(after: Position, limit: number): StoredEvent[] {
    this.#heads.refresh();
    const events = this.#eventsAfter
      .all(after, limit)
      .map((row) => toEvent(row, { history: uuidFromBytes(row.history), kind: row.kind }));
    // Up to the journal's end, the last event of a history is its head: those of a deleted one are gone.
    if (events.length < limit) {
      for (const { history, kind, id } of events) {
        this.#heads.learn({ history, kind, vid: id, deleted: false });
      }
    }
    return events;
  }

  head(history: Uuid): Head | undefined {
    const known = this.#heads.get(history);
    if (known) return known;
    const head = this.#found(history)?.head;
    if (head) this.#heads.learn(head);
    return head;
  }

  headBefore(history: Uuid, event: Ulid): Vid {
    const place = this.#place.get(ulidToBytes(event));
    if (!place) throw new UnknownEventError(event);
    const id = this.#idBefore.get(uuidToBytes(history), place.position);
    return id ? ulidFromBytes(id) : nilUlid;
  }

  /** The first heads in the order of their ids, from the one after `after`. */
  headsAfter(after: Uuid, limit: number): Head[] {
    return this.#historiesAfter.all(uuidToBytes(after), limit).map(toHead);
  }

  end(): Position {
    return this.#end.get() ?? 0;
  }

  #read(history: Uuid, { after = nilUlid, limit = Infinity }: ReadOptions): StoredEvent[] {
    const found = this.#found(history);
    if (!found || found.head.deleted) return [];
    const { kind, vid } = found.head;
    const start = this.#positionIn(found.hid, after);
    const events = this.#eventsOf
      .all(found.hid, start, limit === Infinity ? -1 : limit)
      .map((event) => toEvent(event, { history, kind }));
    checkChain(events, { history, after, head: events.length < limit ? vid : undefined });
    return events;
  }

  /** Throws {@link JournalUnusableError} for a row that cannot be what was stored. */
  #found(history: Uuid): { hid: number; head: Head } | undefined {
    const row = this.#history.get(uuidToBytes(history));
    if (!row) return undefined;
    const head = toHead(row);
    // A flipped bit can turn a living history into a deleted one, and then nobody would read on.
    const isSound =
      head.history === history && !(head.deleted && this.#anyEventOf.get(row.hid) !== undefined);
    if (!isSound) {
      throw new JournalUnusableError(
        `the row of history ${history} is damaged on the disk: restore the journal from a backup`,
      );
    }
    return { hid: row.hid, head };
  }

  #positionIn(hid: number, id: Ulid): Position {
    if (id === nilUlid) return 0;
    const place = this.#place.get(ulidToBytes(id));
    if (place?.hid !== hid) throw new UnknownEventError(id);
    return place.position;
  }
}
