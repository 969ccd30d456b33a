import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import { BackupRefusedError, JournalUnusableError } from '../errors.ts';
import { inspect, type Inspection } from './inspect.ts';
import { identify } from './migrate.ts';
import { placeFile } from './place-file.ts';

/**
 * Copies a journal as it is at one moment, while others go on writing to it, and looks at the whole
 * copy before it gets its name. SQLite's own online backup would begin again with every commit of
 * another process; this one reads in a single transaction.
 */
export function copyTo(db: Database.Database, destination: string): Inspection {
  if (existsSync(destination)) {
    throw new BackupRefusedError(`${destination} exists: name another file, or move it away`);
  }
  // Of a file that is no journal, and of one that is too new, it is told by its own name.
  identify(db);
  return placeFile(destination, (temporary) => {
    db.prepare('VACUUM INTO ?').run(temporary);
    return inspectFile(temporary);
  });
}

/** Throws {@link JournalUnusableError} for a file with defects. */
function inspectFile(path: string): Inspection {
  const copy = new Database(path, { readonly: true });
  try {
    const inspection = inspect(copy, 'rows');
    if (inspection.defects.length === 0) return inspection;
    throw new JournalUnusableError(`the copy is damaged: ${inspection.defects.join('; ')}`);
  } finally {
    copy.close();
  }
}
