// The thread's side of in-thread.ts: does one task and answers once.
import { parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { copyTo } from './copy.ts';
import { inspect, type Inspection } from './inspect.ts';
import type { Answer, Task } from './in-thread.ts';

/** Others may be writing, and migrating. */
const BUSY_TIMEOUT_MS = 10_000;

const task = workerData as Task;
parentPort?.postMessage(answer());

function perform(task: Task, db: Database.Database): Inspection {
  switch (task.do) {
    case 'inspect':
      return inspect(db, task.thoroughness);
    case 'copy':
      return copyTo(db, task.destination);
  }
}

function answer(): Answer {
  try {
    const db = new Database(task.path, { readonly: true, timeout: BUSY_TIMEOUT_MS });
    try {
      return { inspection: perform(task, db) };
    } finally {
      db.close();
    }
  } catch (error) {
    const { message, code } = error as { message: string; code?: string };
    return { message, code: code ?? 'UNKNOWN', isSqlite: error instanceof Database.SqliteError };
  }
}
