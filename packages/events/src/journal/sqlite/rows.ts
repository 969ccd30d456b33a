// Between the rows of the database and the values of the port.
import { nilUlid, ulidFromBytes } from '../../ids/ulid.ts';
import { uuidFromBytes } from '../../ids/uuid.ts';
import type { Head, Position, StoredEvent, StreamKind } from '../journal.ts';

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

export function toEvent(
  { position, id, parent, body }: EventRow,
  { history, kind }: Pick<StoredEvent, 'history' | 'kind'>,
): StoredEvent {
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
