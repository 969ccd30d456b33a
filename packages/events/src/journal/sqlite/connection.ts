// Opens the database file with the settings that make an acknowledged commit a kept one, and looks
// whether they took effect: SQLite ignores silently what it cannot do.
import { accessSync, constants, statSync, type Stats } from 'node:fs';
import Database from 'better-sqlite3';
import { BackupRefusedError, JournalUnusableError } from '../errors.ts';
import { identify, migrate } from './migrate.ts';
import { placeFile } from './place-file.ts';

/**
 * How safe a commit is: `full` survives a power cut; `normal` survives the end of the process, and
 * costs no wait for the disk.
 */
export type Durability = 'full' | 'normal';

/** How long SQLite itself waits for a lock. Short, since the whole process stands still meanwhile. */
const BUSY_TIMEOUT_MS = 10;

/** One attempt to open or create a journal's database. Throws what SQLite and the system throw. */
export function connect(path: string, durability: Durability): Database.Database {
  createForOwner(path);
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

const EISDIR = { code: 'EISDIR' };

/**
 * Creates the journal if it is not there, complete from its first moment on: so one without a byte has lost
 * all that it held. A file that is there is not opened here, since to close it again would take away the
 * locks of all other connections of this process (fcntl(2)), and another process would then remove their log.
 */
function createForOwner(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false }) ?? create(path);
  if (found.isDirectory()) throw Object.assign(new Error('is a directory'), EISDIR);
  if (found.size === 0) {
    throw new JournalUnusableError(
      `the journal ${path} is empty, so all that it held is lost: restore it from a backup, or remove it to begin anew`,
    );
  }
  accessSync(path, constants.R_OK | constants.W_OK);
}

/** For its owner only; the log that SQLite puts beside it takes over the mode. */
function create(path: string): Stats {
  try {
    placeFile(path, (temporary) => {
      const db = new Database(temporary);
      try {
        migrate(db);
      } finally {
        db.close();
      }
    });
  } catch (error) {
    // Another process was faster.
    if (!(error instanceof BackupRefusedError)) throw error;
  }
  return statSync(path);
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
