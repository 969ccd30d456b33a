import type { Database } from 'better-sqlite3';
import { connect, type Durability } from './connection.ts';
import { patiently } from './patience.ts';
import { SqliteJournal, type SqliteJournalOptions } from './sqlite-journal.ts';

/**
 * Opens a journal, creating or migrating its file (mode 0600) when necessary; several processes
 * may do so at the same time. Throws {@link JournalUnusableError} for a file that is damaged,
 * foreign, newer than this program or out of reach, {@link JournalUnavailableError} when the disk
 * is full or other processes keep it busy for longer than `patienceMs`.
 */
export async function openSqliteJournal(options: SqliteJournalOptions): Promise<SqliteJournal> {
  const { path, patienceMs = 10_000 } = options;
  const open = (durability: Durability): Promise<Database> =>
    patiently(() => connect(path, durability), {
      path,
      patienceMs,
      closing: new AbortController().signal,
    });

  const events = await open('full');
  try {
    return new SqliteJournal({ events, notices: await open('normal') }, options);
  } catch (error) {
    events.close();
    throw error;
  }
}
