import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { Draft } from '../../testing/draft.ts';
import { glanceAtJournal } from './backup.ts';
import { migrations } from './migrate.ts';
import { openUntilTestEnds, temporaryPath } from './temporary-journal.ts';

const PAGE_BYTES = 4096;
const unusable = { code: 'JOURNAL_UNUSABLE' };

test('a glance tells of a sound journal what is in it, while it is in use', async () => {
  const path = await temporaryPath();
  const journal = await openUntilTestEnds({ path });
  await journal.commit([new Draft().append('a')]);
  expect(await glanceAtJournal(path)).toEqual({
    ...{ schemaVersion: migrations.length, histories: 1, events: 1, end: 1 },
    defects: [],
  });
});

test('a glance sees a page that was written over', async () => {
  const path = await temporaryPath();
  const journal = await openUntilTestEnds({ path });
  const draft = new Draft();
  for (let i = 0; i < 50; i++) await journal.commit([draft.append('x'.repeat(1000))]);
  await journal.close();
  const file = await readFile(path);
  const middle = Math.floor(file.length / PAGE_BYTES / 2) * PAGE_BYTES;
  await writeFile(path, file.fill(0xff, middle, middle + PAGE_BYTES));
  const found = await glanceAtJournal(path).then(
    ({ defects }) => defects.length > 0,
    (error: unknown) => error,
  );
  if (found !== true) expect(found).toMatchObject(unusable);
});

test('a glance makes no file, and knows what is no journal', async () => {
  const path = await temporaryPath();
  await expect(glanceAtJournal(path)).rejects.toMatchObject(unusable);
  await expect(readFile(path)).rejects.toMatchObject({ code: 'ENOENT' });
  await writeFile(path, '');
  await expect(glanceAtJournal(path)).rejects.toThrow(`${path} is empty`);
  const other = join(dirname(path), 'other.db');
  await copyFile(path, other);
  const db = new Database(other);
  db.exec('CREATE TABLE a(b); PRAGMA user_version = 1');
  db.close();
  await expect(glanceAtJournal(other)).rejects.toThrow('a database of another program');
});
