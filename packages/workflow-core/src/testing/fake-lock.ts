import type { Uuid } from '@permafrost/events';
import { FilesFault, type RepoLock } from '../ports/files.ts';
import type { Owner } from './agenda.ts';

type Holder = Readonly<{ owner: Owner }>;
type Waiter = Holder & Readonly<{ grant: () => void }>;

/** The locks of one host, as the processes on it share them. */
export class LockTable {
  readonly #holders = new Map<Uuid, Holder>();
  readonly #lines = new Map<Uuid, Waiter[]>();

  /** Resolves once `owner` holds the lock. */
  acquire(repoId: Uuid, owner: Owner): Promise<void> {
    return new Promise((grant) => {
      const line = this.#lines.get(repoId) ?? [];
      this.#lines.set(repoId, [...line, { owner, grant }]);
      this.#grantNext(repoId);
    });
  }

  release(repoId: Uuid): void {
    this.#holders.delete(repoId);
    this.#grantNext(repoId);
  }

  /** What the system does when a process dies: its locks are free, and it waits for none. */
  releaseAll(owner: Owner): void {
    for (const [repoId, line] of this.#lines) {
      this.#lines.set(
        repoId,
        line.filter((waiter) => waiter.owner !== owner),
      );
    }
    for (const [repoId, holder] of this.#holders) if (holder.owner === owner) this.release(repoId);
  }

  #grantNext(repoId: Uuid): void {
    if (this.#holders.has(repoId)) return;
    const next = this.#lines.get(repoId)?.shift();
    if (!next) return;
    this.#holders.set(repoId, next);
    next.grant();
  }
}

/** One process's handle on the locks of its host. */
export class FakeLock implements RepoLock {
  readonly #table: LockTable;
  readonly #owner: Owner;

  constructor(table: LockTable = new LockTable(), owner: Owner = {}) {
    this.#table = table;
    this.#owner = owner;
  }

  async hold<T>(repoId: Uuid, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    await this.#table.acquire(repoId, this.#owner);
    try {
      if (signal.aborted) throw new FilesFault('FILES_CANCELLED', 'cancelled', { retry: 'later' });
      return await work();
    } finally {
      this.#table.release(repoId);
    }
  }
}
