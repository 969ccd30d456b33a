// Opens the database file with the settings that make an acknowledged commit a kept one, and looks
// whether they took effect: SQLite ignores silently what it cannot do.
import { closeSync, openSync } from 'node:fs';
import Database from 'better-sqlite3';
import { JournalUnusableError } from '../errors.ts';
import { identify, migrate } from './migrate.ts';

/**
 * How safe a commit is: `full` survives a power cut; `normal` survives the end of the process, and
 * costs no wait for the disk.
 */
export type Durability = 'full' | 'normal';

/** How long SQLite itself waits for a lock. Short, since the whole process stands still meanwhile. */
const BUSY_TIMEOUT_MS = 10;

/** One attempt to open or create a journal's database. Throws what SQLite and the system throw. */
export function connect(path: string, durability: Durability): Database.Database {
  // SQLite would create the file readable for everybody. Its WAL takes over the mode.
  closeSync(openSync(path, 'a', 0o600));
  const db = new Database(path, { fileMustExist: true, timeout: BUSY_TIMEOUT_MS });
  try {
    identify(db);
    configure(db, durability);
    migrate(db);
  } catch (error) {
    db.close();
    throw error;
  }
  return db;
}

function configure(db: Database.Database, durability: Durability): void {
  const settings: [name: string, wanted: string, readBack: string | number][] = [
    ['journal_mode', 'WAL', 'wal'],
    ['synchronous', durability, { full: 2, normal: 1 }[durability]],
    ['foreign_keys', 'ON', 1],
    ['busy_timeout', BUSY_TIMEOUT_MS.toString(), BUSY_TIMEOUT_MS],
  ];
  for (const [name, wanted, readBack] of settings) {
    db.pragma(`${name} = ${wanted}`);
    const found = db.pragma(name, { simple: true });
    if (found === readBack) continue;
    throw new JournalUnusableError(
      `the journal ${db.name} needs ${name} = ${readBack}, but has ${String(found)}: move it to a local file system`,
    );
  }
}
