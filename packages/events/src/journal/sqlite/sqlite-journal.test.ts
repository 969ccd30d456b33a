import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { randomUuid } from '../../ids/uuid.ts';
import { bodies, Draft } from '../../testing/draft.ts';
import { inquiriesSuite } from '../../testing/inquiries-suite.ts';
import { journalSuite } from '../../testing/journal-suite.ts';
import { noticeboardSuite } from '../../testing/noticeboard-suite.ts';
import { sharedJournalSuite } from '../../testing/shared-journal-suite.ts';
import { tracesSuite } from '../../testing/traces-suite.ts';
import { connect } from './connection.ts';
import { openSqliteJournal } from './open-sqlite-journal.ts';
import { SqliteJournal } from './sqlite-journal.ts';
import { openUntilTestEnds, temporaryPath } from './temporary-journal.ts';

async function open() {
  const directory = await mkdtemp(join(tmpdir(), 'permafrost-journal-'));
  const handles: SqliteJournal[] = [];
  const another = async () => {
    const path = join(directory, 'journal.db');
    // A listener that waits for the look instead of the bell would run into the test's timeout.
    const handle = await openSqliteJournal({ path, lookMs: 3_600_000 });
    handles.push(handle);
    return handle;
  };
  const journal = await another();
  const close = async () => {
    await Promise.all(handles.map((handle) => handle.close()));
    await rm(directory, { recursive: true });
  };
  return { journal, noticeboard: journal, another, close };
}

journalSuite('SQLite', open);
sharedJournalSuite('SQLite', open);
noticeboardSuite('SQLite', open);
inquiriesSuite('SQLite', open);
tracesSuite('SQLite', open);

test('commits that wait at the same moment share transactions', async () => {
  const journal = await openUntilTestEnds({ path: await temporaryPath() });
  await Promise.all(Array.from({ length: 64 }, () => journal.commit([new Draft().append()])));
  const { transactions, end } = await journal.diagnostics();
  expect(end).toBe(64);
  expect(transactions).toBe(1);
});

test('a full disk fails all batches of a transaction, and passes', async () => {
  const path = await temporaryPath();
  const events = connect(path, 'full');
  const journal = new SqliteJournal({ events, notices: connect(path, 'normal') }, { path });
  try {
    const draft = new Draft();
    await journal.commit([draft.append('before')]);
    const parent = draft.vid;
    const pages = Number(events.pragma('page_count', { simple: true }));
    events.pragma(`max_page_count = ${pages}`);

    const full = { code: 'JOURNAL_UNAVAILABLE', retry: 'later' };
    const small = journal.commit([new Draft().append('small')]);
    const big = journal.commit([draft.append('x'.repeat(1_000_000), { parent })]);
    await Promise.allSettled([small, big]);
    await expect(small).rejects.toMatchObject(full);
    await expect(big).rejects.toMatchObject(full);
    await expect(big).rejects.toThrow(/make room/);
    expect(bodies(await journal.readAll(0, 10))).toEqual(['before']);

    events.pragma('max_page_count = 1000000');
    await journal.commit([draft.append('after', { parent })]);
    expect(bodies(await journal.read(draft.history))).toEqual(['before', 'after']);
  } finally {
    await journal.close();
  }
});

test('a locked database is waited for, without blocking', async () => {
  const path = await temporaryPath();
  const journal = await openUntilTestEnds({ path });
  const other = new Database(path);
  other.exec('BEGIN IMMEDIATE');
  let answered = false;
  const commit = journal.commit([new Draft().append()]).finally(() => (answered = true));
  // The reading side of the journal goes on while the writer waits.
  for (let turn = 0; turn < 20; turn++) expect(await journal.end()).toBe(0);
  expect(answered).toBe(false);
  other.exec('COMMIT');
  other.close();
  expect(await commit).toBe(1);
});

test('a database that stays locked is a fault in the end, for events and notices', async () => {
  const path = await temporaryPath();
  const journal = await openUntilTestEnds({ path, patienceMs: 50 });
  const draft = new Draft();
  const request = { workflow: draft.history, by: 'somebody', reason: '', atMs: 1 };
  await journal.askToCancel(request);
  const other = new Database(path);
  other.exec('BEGIN IMMEDIATE');
  const busy = { code: 'JOURNAL_UNAVAILABLE', retry: 'later' };
  await expect(journal.commit([draft.append()])).rejects.toMatchObject(busy);
  await expect(journal.withdraw(draft.history)).rejects.toMatchObject(busy);
  await expect(journal.clear(draft.history)).rejects.toMatchObject(busy);
  other.exec('COMMIT');
  other.close();
  draft.vid = (await journal.head(draft.history))?.vid ?? new Draft().vid;
  await journal.commit([draft.append()]);
});

test('closing lets waiting commits finish, but does not wait for a lock', async () => {
  const path = await temporaryPath();
  const journal = await openUntilTestEnds({ path });
  const commit = journal.commit([new Draft().append()]);
  await journal.close();
  expect(await commit).toBe(1);

  const second = await openUntilTestEnds({ path });
  const other = new Database(path);
  other.exec('BEGIN IMMEDIATE');
  const waiting = second.commit([new Draft().append()]);
  const answer = expect(waiting).rejects.toMatchObject({ code: 'JOURNAL_CLOSED' });
  await second.close();
  await answer;
  other.close();
});

test('diagnostics tell where the journal is and how great', async () => {
  const path = await temporaryPath();
  const journal = await openUntilTestEnds({ path });
  await journal.commit([new Draft().append()]);
  const idle = await journal.diagnostics();
  expect(idle).toMatchObject({ path, end: 1, transactions: 1, wakeUps: 'none' });
  expect(idle.schemaVersion).toBeGreaterThan(0);
  expect(idle.databaseBytes + idle.walBytes).toBeGreaterThan(0);
  const stop = journal.subscribe(() => undefined);
  expect(await journal.diagnostics()).toMatchObject({ wakeUps: 'doorbell' });
  stop();
  expect(await journal.diagnostics()).toMatchObject({ wakeUps: 'none' });
});

test('notices are the same on every handle, and for whoever comes later', async () => {
  const path = await temporaryPath();
  const here = await openUntilTestEnds({ path });
  const there = await openUntilTestEnds({ path });
  const presence = {
    instance: randomUuid(),
    daemon: 'stad',
    host: 'files',
    pid: 1,
    version: '1',
    sinceMs: 1,
    heartbeatMs: 2,
  } as const;
  await there.announce(presence);
  expect(await here.present()).toEqual([presence]);
  await Promise.all([here.close(), there.close()]);
  const later = await openUntilTestEnds({ path });
  expect(await later.present()).toEqual([presence]);
});

test('notices are written while a commit of another connection is under way', async () => {
  const path = await temporaryPath();
  const journal = await openUntilTestEnds({ path });
  const draft = new Draft();
  const commit = journal.commit([draft.append()]);
  await journal.clear(draft.history);
  await commit;
});
