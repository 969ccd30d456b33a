import { open } from 'node:fs/promises';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { bodies, Draft } from '../../testing/draft.ts';
import { inspectJournal } from './backup.ts';
import { openUntilTestEnds, temporaryPath } from './temporary-journal.ts';

/** A journal with a history of four events, changed behind its back. */
async function tamperedBy(sql: string) {
  const path = await temporaryPath();
  const journal = await openUntilTestEnds({ path });
  const draft = new Draft();
  const vids = [];
  for (const body of ['a', 'b', 'c', 'd']) {
    await journal.commit([draft.append(body)]);
    vids.push(draft.vid);
  }
  const db = new Database(path);
  db.unsafeMode();
  db.exec(sql);
  db.close();
  return { journal, draft, vids };
}

const broken = { code: 'BROKEN_CHAIN', retry: 'never' };

test('a missing event breaks the chain, but not the reading before and after it', async () => {
  const { journal, draft, vids } = await tamperedBy('DELETE FROM events WHERE position = 2');
  const { history } = draft;
  await expect(journal.read(history)).rejects.toMatchObject(broken);
  await expect(journal.read(history, { limit: 2 })).rejects.toMatchObject(broken);
  expect(bodies(await journal.read(history, { limit: 1 }))).toEqual(['a']);
  expect(bodies(await journal.read(history, { after: vids[2] ?? draft.vid }))).toEqual(['d']);
});

test('a missing first event breaks the chain', async () => {
  const { journal, draft } = await tamperedBy('DELETE FROM events WHERE position = 1');
  await expect(journal.read(draft.history)).rejects.toMatchObject(broken);
});

test('a missing last event breaks the chain', async () => {
  const { journal, draft } = await tamperedBy('DELETE FROM events WHERE position = 4');
  const read = journal.read(draft.history);
  await expect(read).rejects.toMatchObject(broken);
  await expect(read).rejects.toThrow(`instead of ${draft.vid}`);
});

test('a forged parent breaks the chain', async () => {
  const { journal, draft, vids } = await tamperedBy(
    'UPDATE events SET parent = zeroblob(16) WHERE position = 3',
  );
  const { history } = draft;
  await expect(journal.read(history)).rejects.toMatchObject(broken);
  await expect(journal.read(history, { after: vids[1] ?? draft.vid })).rejects.toThrow(/follows/);
});

test('a bit that flipped in a body is noticed by whoever reads it', async () => {
  const { journal, draft } = await tamperedBy(
    "UPDATE events SET body = CAST('C' AS BLOB) WHERE position = 3",
  );
  const damaged = { code: 'JOURNAL_UNUSABLE', retry: 'never' };
  await expect(journal.read(draft.history)).rejects.toMatchObject(damaged);
  await expect(journal.readAll(0, 10)).rejects.toThrow(/damaged on the disk: restore/);
  expect(bodies(await journal.read(draft.history, { limit: 2 }))).toEqual(['a', 'b']);
});

test('a journal that lost its index entries is found by the integrity check', async () => {
  const { journal } = await tamperedBy(`
    PRAGMA writable_schema = ON;
    UPDATE sqlite_schema SET sql = 'CREATE INDEX events_of_history ON events (parent)'
      WHERE name = 'events_of_history';
    PRAGMA schema_version = 77;`);
  const lines = await journal.checkIntegrity();
  expect(lines.join()).toMatch(/events_of_history/);
});

test('a damaged page is told, though nothing can be read behind it', async () => {
  const path = await temporaryPath();
  const journal = await openUntilTestEnds({ path });
  await journal.commit([new Draft().append('a'), new Draft().append('b')]);
  const db = new Database(path);
  db.pragma('wal_checkpoint(TRUNCATE)');
  const root = db.prepare<[], number>("SELECT rootpage FROM sqlite_schema WHERE name = 'events'");
  const page = root.pluck().get() ?? 0;
  db.close();
  const file = await open(path, 'r+');
  await file.write(Buffer.alloc(4096, 0xaa), 0, 4096, (page - 1) * 4096);
  await file.close();
  const { defects } = await inspectJournal(path);
  expect(defects.join('\n')).toMatch(new RegExp(`^Tree ${page} page ${page}: `));
});
