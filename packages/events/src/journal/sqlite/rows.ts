// Between the rows of the database and the values of the port.
import { nilUlid, ulidAt, ulidFromBytes } from '../../ids/ulid.ts';
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

/** An event as {@link PACKED_EVENT} selects it. */
export interface EventRow {
  position: Position;
  /** Id, parent and body, one after the other. */
  packed: Uint8Array;
  checksum: number;
}

/**
 * The columns of an event, its three blobs in one: what the driver takes to hand over a blob hardly
 * depends on its size, and is most of what a read costs. To SQLite `||` makes a text of any bytes,
 * without looking at them; the cast makes it what it was.
 */
export const PACKED_EVENT =
  'position, CAST(events.id || parent || body AS BLOB) AS packed, checksum';

const ID_BYTES = 16;

const KINDS: ReadonlySet<string> = new Set<StreamKind>([
  'main',
  'registry',
  'repo',
  'workflow',
  'index',
]);

/** Throws {@link JournalUnusableError} for a kind that is none. */
export function toHead(row: HistoryRow): Head {
  if (!KINDS.has(row.kind)) {
    throw new JournalUnusableError(
      `history ${uuidFromBytes(row.id)} is damaged on the disk: restore the journal from a backup`,
    );
  }
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
  { position, packed, checksum }: EventRow,
  { history, kind }: Pick<StoredEvent, 'history' | 'kind'>,
): StoredEvent {
  const id = ulidAt(packed, 0);
  // Not `subarray`: the driver gives a Buffer, whose methods differ from those that the port promises.
  const start = packed.byteOffset + 2 * ID_BYTES;
  const body = new Uint8Array(packed.buffer, start, packed.length - 2 * ID_BYTES);
  if (checksumOf(body) !== checksum) {
    throw new JournalUnusableError(
      `event ${id} of history ${history} is damaged on the disk: restore the journal from a backup`,
    );
  }
  return {
    position,
    history,
    kind,
    id,
    parent: ulidAt(packed, ID_BYTES),
    body,
  };
}
