// A lock that the kernel takes away from a process that dies. SQLite's exclusive lock on an empty
// database file is just that: an advisory lock of the file (sqlite.org/lockingv3.html), released
// with the process, also by SIGKILL, and kept by a process that is merely stopped.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { FilesFault } from '@permafrost/workflow-core';
import Database from 'better-sqlite3';
import { errnoOrThrow } from '../tree/errno.ts';

/** How long to wait before another look at a lock that another process holds. */
const LOOK_MS = 100;

export class FileLock {
  readonly #directory: string;
  readonly #path: string;

  /** `directory` is created when it is needed first. */
  constructor(directory: string, name: string) {
    this.#directory = directory;
    this.#path = join(directory, `${name}.lock`);
  }

  /**
   * Waits until no other process holds the lock. Resolves to the function that releases it. Throws
   * {@link FilesFault}: `FILES_CANCELLED` when the signal is aborted, `FILES_NO_LOCK` when the lock
   * file cannot be used.
   */
  async acquire(signal: AbortSignal): Promise<() => void> {
    for (;;) {
      if (signal.aborted) throw cancelled(this.#path);
      const database = this.#tryLock();
      if (database) return () => database.close();
      await setTimeout(LOOK_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  #tryLock(): Database.Database | undefined {
    let database: Database.Database | undefined;
    try {
      mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
      database = new Database(this.#path, { timeout: 0 });
      database.exec('BEGIN EXCLUSIVE');
      return database;
    } catch (cause) {
      database?.close();
      if (isBusy(cause)) return undefined;
      // The reason first: where there is little room, only the beginning is shown.
      const message = `cannot lock (${reasonOf(cause)}): ${this.#path}`;
      throw new FilesFault('FILES_NO_LOCK', message, { retry: 'later', cause });
    }
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY');
}

/** In words of SQLite or of the system. Anything else is thrown on: it is not the disk's fault. */
function reasonOf(error: unknown): string {
  return error instanceof Database.SqliteError ? error.message : errnoOrThrow(error);
}

function cancelled(path: string): FilesFault {
  return new FilesFault('FILES_CANCELLED', `cancelled while waiting for ${path}`, {
    retry: 'later',
  });
}
