// Makes the shadow repos of new repos. What goes wrong for good is stored with the repo, where regd and its
// clients find it.
import { RetryNoVC, type RepoInit, type Uuid } from '@permafrost/events';
import { FilesFault } from '../ports/files.ts';
import { repo } from '../repo/repo.ts';
import { fitStatusMessage } from '../storage/status-message.ts';
import type { Slots } from './slots.ts';
import type { StadMeans } from './stad-means.ts';
import type { TaskLog } from './task-log.ts';

type Run = Readonly<{ signal: AbortSignal; log: TaskLog }>;

export class ShadowSetUp {
  readonly #means: StadMeans;
  readonly #slots: Slots;

  constructor(means: StadMeans, slots: Slots) {
    this.#means = means;
    this.#slots = slots;
  }

  async run(repoId: Uuid, { signal, log }: Run): Promise<void> {
    const { lock, host } = this.#means;
    log.about({ repo: repoId });
    const due = await this.#dueInit(repoId);
    if (!due) return;
    log.about({ path: due.globalPath, host });
    log.enter('stad:wait-for-lock');
    await lock.hold(repoId, signal, async () => {
      // Another stad of this host may have done it, or have failed, while this one waited.
      const init = await this.#dueInit(repoId);
      if (!init) return;
      await this.#slots.use(() => this.#makeOrFail(repoId, init, { signal, log }), signal);
    });
  }

  /** What a shadow repo is to be made from; undefined when none is due here. */
  async #dueInit(repoId: Uuid): Promise<RepoInit | undefined> {
    const { engine, host } = this.#means;
    const { init, shadowPath, error } = (await engine.find(repo, repoId)).state;
    return init?.fileHost === host && shadowPath === '' && error === '' ? init : undefined;
  }

  async #makeOrFail(repoId: Uuid, init: RepoInit, { signal, log }: Run): Promise<void> {
    const { engine, shadow } = this.#means;
    const location = { repoId, hostPath: init.hostPath };
    const watch = { signal, onStep: () => undefined };
    try {
      log.enter('stad:init-shadow');
      const shadowPath = await shadow.init(location, init.creator);
      log.enter('stad:write-shadow');
      await shadow.snapshot(location, { author: init.creator, attrs: '' }, watch);
      await engine.tell(repo, repoId, RetryNoVC, { type: 'ConfirmShadow', shadowPath });
    } catch (error) {
      if (!(error instanceof FilesFault) || error.retry === 'later') throw error;
      await this.#storeError(repoId, error, log);
    }
  }

  async #storeError(repoId: Uuid, fault: FilesFault, log: TaskLog): Promise<void> {
    const { engine, clock } = this.#means;
    const time = new Date(clock.nowMs()).toISOString().replace(/\.\d+Z$/, 'Z');
    const message = fitStatusMessage(`${time} ${fault.message}`);
    log.error({ code: fault.code, err: fault }, 'cannot set up repo');
    await engine.tell(repo, repoId, RetryNoVC, { type: 'SetError', message });
  }
}
