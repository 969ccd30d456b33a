// Between the rows of the database and the values of the port.
import { nilUlid, ulidFromBytes } from '../../ids/ulid.ts';
import { uuidFromBytes } from '../../ids/uuid.ts';
import { JournalUnusableError } from '../errors.ts';
import type { Head, Position, StoredEvent, StreamKind } from '../journal.ts';
import { checksumOf } from './checksum.ts';

export interface HistoryRow {
  hid: number;
  id: Uint8Array;
  kind: StreamKind;
  head: Uint8Array;
  deleted_ms: number | null;
}

export interface EventRow {
  position: Position;
  id: Uint8Array;
  parent: Uint8Array;
  body: Uint8Array;
  checksum: number;
}

export function toHead(row: HistoryRow): Head {
  const deleted = row.deleted_ms !== null;
  return {
    history: uuidFromBytes(row.id),
    kind: row.kind,
    vid: deleted ? nilUlid : ulidFromBytes(row.head),
    deleted,
  };
}

/** Throws {@link JournalUnusableError} for a body that is not what was stored. */
export function toEvent(
  { position, id, parent, body, checksum }: EventRow,
  { history, kind }: Pick<StoredEvent, 'history' | 'kind'>,
): StoredEvent {
  if (checksumOf(body) !== checksum) {
    throw new JournalUnusableError(
      `event ${ulidFromBytes(id)} of history ${history} is damaged on the disk: restore the journal from a backup`,
    );
  }
  return {
    position,
    history,
    kind,
    id: ulidFromBytes(id),
    parent: ulidFromBytes(parent),
    // The driver gives a Buffer, whose methods differ from those that the port promises.
    body: new Uint8Array(body.buffer, body.byteOffset, body.length),
  };
}
