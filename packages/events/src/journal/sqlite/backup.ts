// From a journal to a backup, and back. What stands in the way is never removed here: it may be all
// that is left of the newest events.
import { copyFileSync, existsSync } from 'node:fs';
import { BackupRefusedError, JournalUnusableError } from '../errors.ts';
import { asFault } from './faults.ts';
import { inThread } from './in-thread.ts';
import type { Inspection } from './inspect.ts';
import { placeFile } from './place-file.ts';

/**
 * Looks at every page and row of a journal's file, also while daemons use it. Throws
 * {@link JournalUnusableError} for a file that is no journal; defects are in the result.
 */
export function inspectJournal(path: string): Promise<Inspection> {
  return inThread({ do: 'inspect', path, thoroughness: 'rows' });
}

/** The same, only quicker: what the rows say is not looked at. */
export function glanceAtJournal(path: string): Promise<Inspection> {
  return inThread({ do: 'inspect', path, thoroughness: 'pages' });
}

/**
 * Copies a journal as it is at this moment into a new file, and looks at the whole copy; daemons go on
 * writing meanwhile. Throws {@link BackupRefusedError} if there is a file of that name,
 * {@link JournalUnusableError} if the journal is damaged or not there; then no file is made.
 */
export function backupJournal({
  path,
  destination,
}: {
  path: string;
  destination: string;
}): Promise<Inspection> {
  return inThread({ do: 'copy', path, destination });
}

/**
 * Puts a sound backup in the place of a journal. Throws {@link JournalUnusableError} for one that is
 * not sound, and {@link BackupRefusedError} while a journal, or a rest of one, is in its place.
 */
export async function restoreJournal({
  backup,
  path,
}: {
  backup: string;
  path: string;
}): Promise<Inspection> {
  // SQLite would add the log that belonged to another database to this one.
  for (const file of [path, `${path}-wal`, `${path}-shm`]) {
    if (existsSync(file)) {
      throw new BackupRefusedError(`${file} exists: stop all daemons, and move it away first`);
    }
  }
  const inspection = await inspectJournal(backup);
  if (inspection.defects.length > 0) {
    throw new JournalUnusableError(
      `the backup ${backup} is damaged: ${inspection.defects.join('; ')}`,
    );
  }
  try {
    placeFile(path, (temporary) => {
      copyFileSync(backup, temporary);
    });
  } catch (error) {
    throw asFault(error, path);
  }
  return inspection;
}
