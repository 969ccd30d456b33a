// The journal in a SQLite file, shared by the processes of one machine.
export { openSqliteJournal } from './open-sqlite-journal.ts';
export {
  SqliteJournal,
  type JournalDiagnostics,
  type SqliteJournalOptions,
} from './sqlite-journal.ts';
