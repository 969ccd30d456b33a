// The states that are kept over a restart: one row a history.
import type { Database } from 'better-sqlite3';
import type { SavedState } from '../../engine/state-store.ts';
import { ulidFromBytes, ulidToBytes } from '../../ids/ulid.ts';
import { uuidToBytes, type Uuid } from '../../ids/uuid.ts';
import { checksumOf } from './checksum.ts';

type Row = Readonly<{ format: string; vid: Uint8Array; checksum: number; bytes: Uint8Array }>;

export class StateRows {
  readonly #load;
  readonly #save;

  constructor(db: Database) {
    this.#load = db.prepare<[Uint8Array], Row>(
      'SELECT format, vid, checksum, bytes FROM saved_states WHERE history = ?',
    );
    this.#save = db.prepare<[Uint8Array, string, Uint8Array, number, Uint8Array]>(
      'REPLACE INTO saved_states (history, format, vid, checksum, bytes) VALUES (?, ?, ?, ?, ?)',
    );
  }

  load(history: Uuid): SavedState | undefined {
    const row = this.#load.get(uuidToBytes(history));
    // A damaged state is as good as none: the events are read instead.
    if (!row || checksumOf(row.bytes) !== row.checksum) return undefined;
    const { format, vid, bytes } = row;
    return { format, vid: ulidFromBytes(vid), bytes };
  }

  save(history: Uuid, { format, vid, bytes }: SavedState): void {
    this.#save.run(uuidToBytes(history), format, ulidToBytes(vid), checksumOf(bytes), bytes);
  }
}
