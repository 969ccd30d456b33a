// Brings a database to the schema that this program knows, by numbered files of SQL that only ever
// go forward. The number of the last one is kept in the file itself, as its `user_version`.
import { readdirSync, readFileSync } from 'node:fs';
import type { Database } from 'better-sqlite3';
import { JournalUnusableError } from '../errors.ts';
import { addChecksumFunction } from './checksum.ts';

/** "PmFr", which tells a journal from every other SQLite file. */
export const APPLICATION_ID = 0x50_6d_46_72;

const FOLDER = new URL('./migrations/', import.meta.url);

/** SQL texts; the one at index n leads from schema n to schema n + 1. */
export const migrations: readonly string[] = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.sql'))
  .sort()
  .map((name) => readFileSync(new URL(name, FOLDER), 'utf8'));

/** The schema of a database: how many migrations it has seen. */
export function schemaVersion(db: Database): number {
  return Number(db.pragma('user_version', { simple: true }));
}

/**
 * Throws {@link JournalUnusableError} for the database of another program, or of a newer version
 * of this one. Only reads, so that a foreign file stays as it is.
 */
export function identify(db: Database, known: number = migrations.length): void {
  const application = db.pragma('application_id', { simple: true });
  const version = schemaVersion(db);
  const isEmpty = db.prepare('SELECT 1 FROM sqlite_schema').get() === undefined;
  if (application !== APPLICATION_ID && !isEmpty) {
    throw new JournalUnusableError(
      `${db.name} is a database of another program: name another file, or move it away`,
    );
  }
  if (version > known) {
    throw new JournalUnusableError(
      `the journal ${db.name} has schema ${version}, but this program knows ${known} at most: use the newer program that wrote it`,
    );
  }
}

/** Applies what is missing, all or nothing. Several processes may do so at once. */
export function migrate(db: Database, steps: readonly string[] = migrations): void {
  if (schemaVersion(db) === steps.length) return;
  addChecksumFunction(db);
  db.transaction(() => {
    // Looked at again under the lock: another process may have been faster, and newer.
    identify(db, steps.length);
    for (const sql of steps.slice(schemaVersion(db))) db.exec(sql);
    db.pragma(`application_id = ${APPLICATION_ID}`);
    db.pragma(`user_version = ${steps.length}`);
  }).immediate();
}
