import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { asFault, isBusy } from './faults.ts';

test.each([
  ['SQLITE_BUSY', 'JOURNAL_UNAVAILABLE', 'later'],
  ['SQLITE_BUSY_RECOVERY', 'JOURNAL_UNAVAILABLE', 'later'],
  ['SQLITE_FULL', 'JOURNAL_UNAVAILABLE', 'later'],
  ['SQLITE_IOERR_FSYNC', 'JOURNAL_UNAVAILABLE', 'later'],
  ['SQLITE_READONLY', 'JOURNAL_UNAVAILABLE', 'later'],
  ['SQLITE_READONLY_DBMOVED', 'JOURNAL_UNUSABLE', 'never'],
  ['SQLITE_CORRUPT_INDEX', 'JOURNAL_UNUSABLE', 'never'],
  ['SQLITE_NOTADB', 'JOURNAL_UNUSABLE', 'never'],
  ['SQLITE_CANTOPEN_ISDIR', 'JOURNAL_UNUSABLE', 'never'],
])('%s is the fault %s, to be tried again %s', (sqliteCode, code, retry) => {
  const cause = new Database.SqliteError('it failed', sqliteCode);
  const fault = asFault(cause, '/state/journal.db');
  expect(fault).toMatchObject({ code, retry, cause });
  expect(fault).toHaveProperty('message', expect.stringContaining('/state/journal.db'));
  expect(fault).toHaveProperty('message', expect.stringContaining('it failed'));
});

test('only another process makes a database busy', () => {
  expect(isBusy(new Database.SqliteError('', 'SQLITE_BUSY'))).toBe(true);
  expect(isBusy(new Database.SqliteError('', 'SQLITE_FULL'))).toBe(false);
  expect(isBusy(new Error('SQLITE_BUSY'))).toBe(false);
});

test('what is no fault of the database stays what it is', () => {
  for (const error of [new TypeError('bug'), new Database.SqliteError('', 'SQLITE_ERROR')]) {
    expect(asFault(error, '/state/journal.db')).toBe(error);
  }
});
