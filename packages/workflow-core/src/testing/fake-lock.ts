import type { Uuid } from '@permafrost/events';
import { FilesFault, type RepoLock } from '../ports/files.ts';
import type { Owner } from './agenda.ts';

type Holder = Readonly<{ owner: Owner }>;
type Waiter = Holder & Readonly<{ grant: () => void }>;

/** The locks of one host, as the processes on it share them. */
export class LockTable {
  readonly #holders = new Map<Uuid, Holder>();
  readonly #lines = new Map<Uuid, Waiter[]>();

  /** Resolves to whether `owner` holds the lock now; false when the signal came first. */
  acquire(repoId: Uuid, owner: Owner, signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const waiter = {
        owner,
        grant: () => {
          signal.removeEventListener('abort', leave);
          resolve(true);
        },
      };
      const leave = (): void => {
        if (this.#leaveLine(repoId, waiter)) resolve(false);
      };
      this.#lines.set(repoId, [...(this.#lines.get(repoId) ?? []), waiter]);
      if (signal.aborted) leave();
      else signal.addEventListener('abort', leave);
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

  #leaveLine(repoId: Uuid, waiter: Waiter): boolean {
    const line = this.#lines.get(repoId) ?? [];
    const rest = line.filter((other) => other !== waiter);
    this.#lines.set(repoId, rest);
    return rest.length < line.length;
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
    if (!(await this.#table.acquire(repoId, this.#owner, signal))) {
      throw new FilesFault('FILES_CANCELLED', 'cancelled', { retry: 'later' });
    }
    try {
      return await work();
    } finally {
      this.#table.release(repoId);
    }
  }
}
