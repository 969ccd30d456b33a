// The journal in a SQLite file, shared by the processes of one machine.
export type { Inspection } from './inspect.ts';
export { openSqliteJournal } from './open-sqlite-journal.ts';
export {
  SqliteJournal,
  type JournalDiagnostics,
  type SqliteJournalOptions,
} from './sqlite-journal.ts';
export { backupJournal, glanceAtJournal, inspectJournal, restoreJournal } from './backup.ts';
