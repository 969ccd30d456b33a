// The lock of each repo on this host (invariant 10): within the process a queue, between processes a
// lock file.
import type { Uuid } from '@permafrost/events';
import type { RepoLock } from '@permafrost/workflow-core';
import { FileLock } from './file-lock.ts';

export class HostRepoLock implements RepoLock {
  readonly #directory: string;
  /** The end of the queue of each repo that has one. */
  readonly #tails = new Map<Uuid, Promise<void>>();

  /** `directory` is created when it is needed first. */
  constructor(directory: string) {
    this.#directory = directory;
  }

  hold<T>(repoId: Uuid, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(repoId) ?? Promise.resolve();
    const result = before.then(() => this.#locked(repoId, signal, work));
    const tail = result.then(
      () => undefined,
      () => undefined,
    );
    this.#tails.set(repoId, tail);
    void tail.then(() => {
      if (this.#tails.get(repoId) === tail) this.#tails.delete(repoId);
    });
    return result;
  }

  async #locked<T>(repoId: Uuid, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const release = await new FileLock(this.#directory, repoId).acquire(signal);
    try {
      return await work();
    } finally {
      release();
    }
  }
}
