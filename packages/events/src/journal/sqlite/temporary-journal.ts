// Journals of tests, each in a directory of its own that goes away with the test.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openSqliteJournal } from './open-sqlite-journal.ts';
import type { SqliteJournal, SqliteJournalOptions } from './sqlite-journal.ts';

/** The path of a journal that does not exist yet. */
export async function temporaryPath(parent: string = tmpdir()): Promise<string> {
  const directory = await mkdtemp(join(parent, 'permafrost-journal-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return join(directory, 'journal.db');
}

/** Opens a journal that is closed when the test is over. Its listeners depend on the bell alone. */
export async function openUntilTestEnds(options: SqliteJournalOptions): Promise<SqliteJournal> {
  const journal = await openSqliteJournal({ lookMs: 3_600_000, ...options });
  onTestFinished(() => journal.close());
  return journal;
}
