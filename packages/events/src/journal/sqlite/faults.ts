// SQLite's result codes, and the system's error codes at opening, as the faults of the journal
// port: whether waiting can help, and what somebody has to do if not.
import Database from 'better-sqlite3';
import { JournalUnavailableError, JournalUnusableError } from '../errors.ts';

interface Verdict {
  fault: typeof JournalUnavailableError | typeof JournalUnusableError;
  advice: string;
}

const later = (advice: string): Verdict => ({ fault: JournalUnavailableError, advice });
const never = (advice: string): Verdict => ({ fault: JournalUnusableError, advice });

const BUSY = later('another process is writing to it for a long time; look who has it open');
const NO_SPACE = later('its disk is full: make room there');
const NO_ACCESS = never('give the user of this program read and write access to it');
const DAMAGED = never('it is damaged or no SQLite database: restore it from a backup');

/** By primary result code, unless the extended code has a verdict of its own. */
const VERDICTS: Readonly<Record<string, Verdict>> = {
  SQLITE_BUSY: BUSY,
  SQLITE_LOCKED: BUSY,
  SQLITE_PROTOCOL: BUSY,
  SQLITE_FULL: NO_SPACE,
  SQLITE_IOERR: later('its disk reports errors: look into the system log'),
  SQLITE_NOMEM: later('there is not enough memory'),
  SQLITE_READONLY: later('it cannot be written: look at its permissions and how it is mounted'),
  SQLITE_READONLY_DBMOVED: never('it was moved or removed: put it back and start again'),
  SQLITE_CANTOPEN: never('look whether its directory exists and can be written'),
  SQLITE_PERM: NO_ACCESS,
  SQLITE_AUTH: NO_ACCESS,
  SQLITE_CORRUPT: DAMAGED,
  SQLITE_NOTADB: DAMAGED,
  SQLITE_FORMAT: DAMAGED,
  ENOSPC: NO_SPACE,
  EDQUOT: NO_SPACE,
  EMFILE: later('too many files are open'),
  ENFILE: later('too many files are open'),
  EACCES: NO_ACCESS,
  EPERM: NO_ACCESS,
  ENOENT: never('its directory does not exist: create it, or name another'),
  ENOTDIR: never('its path leads through a file: name another'),
  EISDIR: never('it is a directory: name a file'),
  EROFS: never('its file system is mounted read-only'),
};

/** Whether the same call may succeed in a moment, because another process holds a lock. */
export function isBusy(error: unknown): boolean {
  return verdictOn(error) === BUSY;
}

/** Whether an error comes from the database itself, rather than from what was asked of it. */
export function isSqliteError(error: unknown): boolean {
  return error instanceof Database.SqliteError;
}

/** Whether a row was refused because another has the same unique value. */
export function isUniqueViolation(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code === 'SQLITE_CONSTRAINT_UNIQUE';
}

/** The port's fault for an error of SQLite or of the system on a file; any other error as it is. */
export function asFault(
  error: unknown,
  path: string,
  role: 'journal' | 'backup' = 'journal',
): unknown {
  const verdict = verdictOn(error);
  if (!verdict) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new verdict.fault(`the ${role} ${path} failed (${reason}): ${verdict.advice}`, {
    cause: error,
  });
}

function verdictOn(error: unknown): Verdict | undefined {
  if (!(error instanceof Error && 'code' in error && typeof error.code === 'string')) return;
  const primary = error.code.split('_', 2).join('_');
  return VERDICTS[error.code] ?? VERDICTS[primary];
}
