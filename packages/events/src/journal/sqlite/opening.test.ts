import { mkdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { bodies, Draft } from '../../testing/draft.ts';
import { checksumOf } from './checksum.ts';
import { connect } from './connection.ts';
import { APPLICATION_ID, migrate, migrations, schemaVersion } from './migrate.ts';
import { openUntilTestEnds, temporaryPath } from './temporary-journal.ts';

const unusable = { code: 'JOURNAL_UNUSABLE', retry: 'never' };

describe('a new journal', () => {
  test('is for its owner only, with all that SQLite puts beside it', async () => {
    const path = await temporaryPath();
    const journal = await openUntilTestEnds({ path });
    journal.subscribe(() => undefined);
    await journal.commit([new Draft().append()]);
    for (const file of [path, `${path}-wal`, `${path}-shm`, `${path}.doorbell`]) {
      expect([file, ((await stat(file)).mode & 0o777).toString(8)]).toEqual([file, '600']);
    }
  });

  test('has the settings that keep an acknowledged commit', async () => {
    const path = await temporaryPath();
    const db = connect(path, 'full');
    const settings = ['journal_mode', 'synchronous', 'foreign_keys', 'application_id'].map((name) =>
      db.pragma(name, { simple: true }),
    );
    db.close();
    expect(settings).toEqual(['wal', 2, 1, APPLICATION_ID]);
  });

  test('can be created by several at the same moment', async () => {
    const path = await temporaryPath();
    const journals = await Promise.all(
      Array.from({ length: 4 }, () => openUntilTestEnds({ path })),
    );
    await Promise.all(journals.map((journal) => journal.commit([new Draft().append()])));
    expect(await journals[0]?.end()).toBe(4);
  });
});

/** Where SQLite locks a database that is in use: `SHARED_FIRST` of its os.h. */
const IN_USE_FROM = 0x40000000 + 2;

test('a journal that is open is locked as in use, however often it is opened', async () => {
  const path = await temporaryPath();
  for (let i = 0; i < 3; i++) await openUntilTestEnds({ path });
  const { ino } = await stat(path);
  // Without this lock, the next tool of SQLite that looks into it removes the log when it ends.
  const lock = new RegExp(`READ +${process.pid} \\S+:${ino} ${IN_USE_FROM} `);
  expect(await readFile('/proc/locks', 'utf8')).toMatch(lock);
});

describe('an older journal', () => {
  test('is brought forward from every schema, and keeps its events', async () => {
    for (let version = 1; version <= migrations.length; version++) {
      const path = await temporaryPath();
      const old = new Database(path);
      migrate(old, migrations.slice(0, version));
      expect(schemaVersion(old)).toBe(version);
      const [history, id] = [Buffer.alloc(16, 7), Buffer.alloc(16, 8)];
      old.prepare("INSERT INTO histories (id, kind, head) VALUES (?, 'repo', ?)").run(history, id);
      const body = Buffer.from('old');
      old
        .prepare('INSERT INTO events (hid, id, parent, body) VALUES (1, ?, ?, ?)')
        .run(id, Buffer.alloc(16), body);
      // Programs of schema 2 knew no checksums.
      if (version > 2) old.prepare('UPDATE events SET checksum = ?').run(checksumOf(body));
      old.close();

      const journal = await openUntilTestEnds({ path });
      expect((await journal.diagnostics()).schemaVersion).toBe(migrations.length);
      expect(bodies(await journal.readAll(0, 10))).toEqual(['old']);
    }
  });

  test('stays as it is when a migration fails', async () => {
    const path = await temporaryPath();
    connect(path, 'full').close();
    const db = new Database(path);
    const broken = [...migrations, 'CREATE TABLE half (x); nonsense'];
    expect(() => migrate(db, broken)).toThrow(/syntax error/);
    expect(schemaVersion(db)).toBe(migrations.length);
    expect(db.prepare("SELECT * FROM sqlite_schema WHERE name = 'half'").all()).toEqual([]);
    db.close();
  });
});

describe('a file that is no journal of ours', () => {
  test('of a newer program is refused, with both versions', async () => {
    const path = await temporaryPath();
    connect(path, 'full').close();
    const db = new Database(path);
    db.pragma('user_version = 99');
    db.close();
    const opened = openUntilTestEnds({ path });
    await expect(opened).rejects.toMatchObject(unusable);
    await expect(opened).rejects.toThrow(
      `has schema 99, but this program knows ${migrations.length} at most`,
    );
  });

  test('of another program is refused, and not touched', async () => {
    const path = await temporaryPath();
    const db = new Database(path);
    db.exec('CREATE TABLE recipes (name)');
    db.close();
    const before = await readFile(path);
    const opened = openUntilTestEnds({ path });
    await expect(opened).rejects.toMatchObject(unusable);
    await expect(opened).rejects.toThrow(/another program/);
    expect((await readFile(path)).equals(before)).toBe(true);
  });

  test('that is no database is refused, and not touched', async () => {
    const path = await temporaryPath();
    await writeFile(path, 'a letter to my aunt\n'.repeat(100));
    await expect(openUntilTestEnds({ path })).rejects.toMatchObject(unusable);
    expect(await readFile(path, 'utf8')).toMatch(/^a letter/);
  });

  test('that is a directory, or in none, is refused', async () => {
    const path = await temporaryPath();
    await expect(openUntilTestEnds({ path: dirname(path) })).rejects.toMatchObject(unusable);
    await expect(openUntilTestEnds({ path: `${path}/journal.db` })).rejects.toThrow(/create it/);
    await mkdir(path);
    await expect(openUntilTestEnds({ path })).rejects.toThrow(/is a directory/);
  });

  test('that is empty is refused: no journal of ours ever was', async () => {
    const path = await temporaryPath();
    await writeFile(path, '');
    await expect(openUntilTestEnds({ path })).rejects.toMatchObject(unusable);
    await expect(openUntilTestEnds({ path })).rejects.toThrow(/is empty.*restore it from a backup/);
  });

  test('that was cut short is refused, or found damaged', async () => {
    const path = await temporaryPath();
    const journal = await openUntilTestEnds({ path });
    for (let i = 0; i < 50; i++) await journal.commit([new Draft().append('x'.repeat(2000))]);
    expect(await journal.checkIntegrity()).toEqual([]);
    await journal.close();
    await truncate(path, 3 * 4096);

    const attempt = async () => {
      const damaged = await openUntilTestEnds({ path });
      return damaged.readAll(0, 100);
    };
    await expect(attempt()).rejects.toMatchObject(unusable);
    await expect(attempt()).rejects.toThrow(/restore it from a backup/);
  });
});
