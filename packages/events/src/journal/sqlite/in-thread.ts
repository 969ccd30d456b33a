// Runs what takes long on a journal's file in a thread of its own, so that a daemon goes on working.
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { BackupRefusedError, JournalUnusableError } from '../errors.ts';
import { asFault } from './faults.ts';
import type { Inspection, Thoroughness } from './inspect.ts';

export type Task = Readonly<
  | { do: 'inspect'; path: string; thoroughness: Thoroughness }
  /** Copies the database, as it is at one moment, and inspects the copy. */
  | { do: 'copy'; path: string; destination: string }
>;

/** Errors lose their class on the way between threads; their code tells which it was. */
export type Answer = Readonly<{ inspection: Inspection }> | Failure;

type Failure = Readonly<{ message: string; code: string; isSqlite: boolean }>;

const THREAD = new URL(`./file-thread${extname(import.meta.url)}`, import.meta.url);

/** Throws {@link JournalUnusableError}, {@link JournalUnavailableError}, {@link BackupRefusedError}. */
export async function inThread(task: Task): Promise<Inspection> {
  const worker = new Worker(THREAD, { workerData: task });
  const answer = await new Promise<Answer>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`the thread ended early, with code ${code}`)));
  });
  if ('inspection' in answer) return answer.inspection;
  const error = errorOf(answer);
  throw task.do === 'copy' && isOfWriting(answer)
    ? asFault(error, task.destination, 'backup')
    : asFault(error, task.path);
}

/** Only the copy is written, and by its name in the file system only the copy is opened. */
function isOfWriting({ code, isSqlite }: Failure): boolean {
  return !isSqlite || /^SQLITE_(FULL|IOERR_(WRITE|FSYNC|TRUNCATE))$/.test(code);
}

function errorOf({ message, code, isSqlite }: Failure): Error {
  if (isSqlite) return new Database.SqliteError(message, code);
  switch (code) {
    case 'JOURNAL_UNUSABLE':
      return new JournalUnusableError(message);
    case 'BACKUP_REFUSED':
      return new BackupRefusedError(message);
    default:
      return Object.assign(new Error(message), { code });
  }
}
