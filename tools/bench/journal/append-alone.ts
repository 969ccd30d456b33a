import { repoCodec, ulidToBytes, type Ulid } from '@permafrost/events';
import { openSqliteJournal } from '@permafrost/events/sqlite';
import Database from 'better-sqlite3';
import type { Benchmark, Prepared } from '../benchmark.ts';
import { perSecond, scratchDirectory } from '../scratch.ts';
import { History, usualEvent } from './sample.ts';

const EVENTS = 1000;

/** One writer that waits for each event to be durable before it writes the next. */
export const appendAlone: Benchmark = {
  name: 'journal/append-alone',
  measured: 'durable appends of one event, one writer',
  reference: 'bare inserts with synchronous=FULL into a table like that of the events',
  unit: 'events/s',
  comparison: 'ratio',
  target: { atLeast: 0.9 },
  prepare,
};

async function prepare(): Promise<Prepared> {
  const scratch = scratchDirectory();
  const journal = await openSqliteJournal({ path: `${scratch.path}/journal.db` });
  const bare = bareTable(`${scratch.path}/bare.db`);
  const [mine, theirs] = [new History(repoCodec), new History(repoCodec)];
  return {
    run: async () => ({
      measured: await perSecond(EVENTS, async () => {
        for (let i = 0; i < EVENTS; i++) await journal.commit([mine.append(usualEvent)]);
      }),
      reference: await perSecond(EVENTS, () => {
        for (let i = 0; i < EVENTS; i++) bare.insert(theirs.append(usualEvent));
      }),
    }),
    close: async () => {
      await journal.close();
      bare.close();
      scratch.remove();
    },
  };
}

interface Row {
  id: Ulid;
  parent: Ulid;
  body: Uint8Array;
}

/** The same columns and indexes as the journal's events have, and nothing around them. */
function bareTable(path: string): { insert: (event: Row) => void; close: () => void } {
  const db = new Database(path);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.exec(`
    CREATE TABLE events (
      position INTEGER PRIMARY KEY AUTOINCREMENT,
      hid INTEGER NOT NULL,
      id BLOB NOT NULL UNIQUE,
      parent BLOB NOT NULL,
      body BLOB NOT NULL
    ) STRICT;
    CREATE INDEX events_of_history ON events (hid);`);
  const insert = db.prepare('INSERT INTO events (hid, id, parent, body) VALUES (1, ?, ?, ?)');
  return {
    insert: ({ id, parent, body }) => {
      insert.run(ulidToBytes(id), ulidToBytes(parent), body);
    },
    close: () => db.close(),
  };
}
