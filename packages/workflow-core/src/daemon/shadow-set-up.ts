// Makes the shadow repos of new repos. What goes wrong for good, or for long, is stored with the repo, where
// regd and its clients find it.
import { RetryNoVC, type RepoInit, type Ulid, type Uuid } from '@permafrost/events';
import { FilesFault } from '../ports/files.ts';
import { repo } from '../repo/repo.ts';
import { fitStatusMessage } from '../storage/status-message.ts';
import { mayPass } from './may-pass.ts';
import type { Slots } from './slots.ts';
import type { StadMeans } from './stad-means.ts';
import type { TaskLog } from './task-log.ts';

type Run = Readonly<{ signal: AbortSignal; log: TaskLog }>;

/** What a shadow repo is to be made from, and since which event: the first, or that an error was cleared. */
type Due = Readonly<{ init: RepoInit; since: Ulid }>;

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
    const due = await this.#due(repoId);
    if (!due) return;
    log.about({ path: due.init.globalPath, host });
    log.enter('stad:wait-for-lock');
    await lock.hold(repoId, signal, async () => {
      // Another stad of this host may have done it, or have failed, while this one waited.
      const still = await this.#due(repoId);
      if (!still) return;
      await this.#slots.use(() => this.#makeOrFail(repoId, still, { signal, log }), signal);
    });
  }

  /** Undefined when none is due here. */
  async #due(repoId: Uuid): Promise<Due | undefined> {
    const { engine, host } = this.#means;
    const { state, vid: since } = await engine.find(repo, repoId);
    const { init, shadowPath, error } = state;
    const isDue = init?.fileHost === host && shadowPath === '' && error === '';
    return isDue ? { init, since } : undefined;
  }

  async #makeOrFail(repoId: Uuid, { init, since }: Due, { signal, log }: Run): Promise<void> {
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
      const isStopped = error instanceof FilesFault && error.retry === 'later' && signal.aborted;
      if (!(error instanceof FilesFault) || isStopped) throw error;
      // A fault that lasts is told as well, so that nobody waits for what does not come.
      if (mayPass(error, since, this.#means)) throw error;
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
