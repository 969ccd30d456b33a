// stad's part: makes shadow repos, and does the work on the files of freezes and thaws, for the
// repos of its own host.
import {
  repoCodec,
  registryId,
  RetryNoVC,
  mainId,
  ulidTimeMs,
  workflowCodec,
  workflowIndexId,
  type Engine,
  type Noticeboard,
  type RepoInit,
  type StoredEvent,
  type Uuid,
} from '@permafrost/events';
import { main } from '../main/main.ts';
import {
  FilesFault,
  type ImmutableTree,
  type OpenWriters,
  type RepoLock,
  type ShadowLocation,
  type ShadowRepo,
  type TreeSummary,
} from '../ports/files.ts';
import type { Clock } from '../ports/time.ts';
import { registry } from '../registry/aggregate.ts';
import { repo } from '../repo/repo.ts';
import { failureCode } from '../storage/status-code.ts';
import { fitStatusMessage } from '../storage/status-message.ts';
import { cancelText } from '../use-cases/cancel-workflow.ts';
import { findStorageWorkflow } from '../storage-workflow/find.ts';
import { storageWorkflow, type BegunWorkflow } from '../storage-workflow/storage-workflow.ts';
import { workflowIndex } from '../workflow-index/workflow-index.ts';
import { CancelWatch } from './cancel-watch.ts';
import { stadAction } from './next-action.ts';
import { ProgressReporter } from './progress-reporter.ts';
import type { Loop } from './runner.ts';
import { cancelled, Slots } from './slots.ts';
import { aboutWorkflow, type TaskLog } from './task-log.ts';

export type StadTask = Readonly<
  { kind: 'repo'; repoId: Uuid } | { kind: 'workflow'; workflowId: Uuid }
>;

export interface StadOptions {
  /** This start of the daemon, as the noticeboard knows it. */
  instance: Uuid;
  /** The file host whose repos are served. */
  host: string;
  engine: Engine;
  board: Noticeboard;
  tree: ImmutableTree;
  shadow: ShadowRepo;
  lock: RepoLock;
  clock: Clock;
  /** How many repos are worked on at the same time. */
  jobsMax?: number;
  /** For how long after the start of the files faults that may pass are tried again. */
  retryForMs?: number;
}

/** The work on the files of one workflow, while the lock is held. */
type FilesWork = Readonly<{
  workflowId: Uuid;
  location: ShadowLocation;
  /** Aborted when the daemon stops. */
  stopping: AbortSignal;
  /** Says when the work shall end for any other reason. */
  watch: CancelWatch;
  progress: ProgressReporter;
  log: TaskLog;
}>;

/** What the work has come to: of the tree, and the commit of the shadow repo that records it. */
type FilesDone = Readonly<{ summary: TreeSummary; commit: string }>;

type Application =
  | Readonly<{ done: FilesDone; writers?: undefined }>
  | Readonly<{ writers: OpenWriters; done?: undefined }>;

const DEFAULT_JOBS_MAX = 4;
/** How often is looked whether those who write have ended. */
const WRITERS_LOOK_MS = 1000;
const DEFAULT_RETRY_FOR_MS = 10 * 60_000;

export class StadLoop implements Loop<StadTask> {
  readonly #options: StadOptions;
  readonly #slots: Slots;

  constructor(options: StadOptions) {
    this.#options = options;
    this.#slots = new Slots(options.jobsMax ?? DEFAULT_JOBS_MAX);
  }

  keyOf(task: StadTask): string {
    return task.kind === 'repo' ? `repo ${task.repoId}` : `workflow ${task.workflowId}`;
  }

  async *open(): AsyncGenerator<StadTask> {
    const { engine } = this.#options;
    const { state } = await engine.find(main, mainId);
    for (const { name } of state.registries) {
      const { state: found } = await engine.find(registry, registryId(name));
      for (const { id, confirmed } of found.repos.values()) {
        if (!confirmed) yield { kind: 'repo', repoId: id };
      }
      const { state: index } = await engine.find(workflowIndex, workflowIndexId(name));
      for (const workflowId of index.active.keys()) yield { kind: 'workflow', workflowId };
    }
  }

  concerns({ kind, history, body }: StoredEvent): readonly StadTask[] {
    if (kind === 'repo') {
      const { type } = repoCodec.decode(body).event;
      const isDue = type === 'RepoInitStarted' || type === 'RepoErrorCleared';
      return isDue ? [{ kind: 'repo', repoId: history }] : [];
    }
    if (kind === 'workflow') {
      const { type } = workflowCodec.decode(body).event;
      return type === 'FilesStarted' ? [{ kind: 'workflow', workflowId: history }] : [];
    }
    return [];
  }

  run(task: StadTask, signal: AbortSignal, log: TaskLog): Promise<void> {
    return task.kind === 'repo'
      ? this.#makeShadow(task.repoId, signal, log)
      : this.#runFiles(task.workflowId, signal, log);
  }

  /** Whoever wants a workflow cancelled does not have to wait for its next try. */
  async pause(task: StadTask, ms: number, signal: AbortSignal, log: TaskLog): Promise<void> {
    const { clock } = this.#options;
    if (task.kind === 'repo') return clock.sleep(ms, signal);
    await using watch = this.#watchFor(task.workflowId, signal, log);
    await clock.sleep(ms, watch.signal);
  }

  async #makeShadow(repoId: Uuid, signal: AbortSignal, log: TaskLog): Promise<void> {
    const { lock, host } = this.#options;
    log.about({ repo: repoId });
    const due = await this.#dueInit(repoId);
    if (!due) return;
    log.about({ path: due.globalPath, host });
    log.enter('stad:wait-for-lock');
    await lock.hold(repoId, signal, async () => {
      // Another stad of this host may have done it, or have failed, while this one waited.
      const init = await this.#dueInit(repoId);
      if (!init) return;
      const make = (): Promise<void> => this.#makeShadowOrFail(repoId, init, { signal, log });
      await this.#slots.use(make, signal);
    });
  }

  /** What a shadow repo is to be made from; undefined when none is due here. */
  async #dueInit(repoId: Uuid): Promise<RepoInit | undefined> {
    const { engine, host } = this.#options;
    const { init, shadowPath, error } = (await engine.find(repo, repoId)).state;
    return init?.fileHost === host && shadowPath === '' && error === '' ? init : undefined;
  }

  async #makeShadowOrFail(
    repoId: Uuid,
    init: RepoInit,
    { signal, log }: Readonly<{ signal: AbortSignal; log: TaskLog }>,
  ): Promise<void> {
    const { engine, shadow } = this.#options;
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
    const { engine, clock } = this.#options;
    const time = new Date(clock.nowMs()).toISOString().replace(/\.\d+Z$/, 'Z');
    const message = fitStatusMessage(`${time} ${fault.message}`);
    log.error({ code: fault.code, err: fault }, 'cannot set up repo');
    await engine.tell(repo, repoId, RetryNoVC, { type: 'SetError', message });
  }

  async #runFiles(workflowId: Uuid, signal: AbortSignal, log: TaskLog): Promise<void> {
    const { engine, host, instance, lock } = this.#options;
    log.about({ workflow: workflowId });
    const found = await this.#dueFiles(workflowId);
    if (!found) return;
    const { direction, start } = found;
    const { repoId } = start;
    const { init } = (await engine.find(repo, repoId)).state;
    if (init?.fileHost !== host) return;
    log.about({ ...aboutWorkflow(found), host });
    const subject = { workflow: workflowId, direction, instance };
    using progress = await ProgressReporter.open({ ...this.#options, log }, subject);
    await using watch = this.#watchFor(workflowId, signal, log);
    try {
      progress.enter('waiting-for-lock');
      await lock.hold(repoId, signal, async () => {
        // Another stad of this host may have done the work while this one waited.
        const workflow = await this.#dueFiles(workflowId);
        if (workflow)
          await this.#applyOrFail(workflow, {
            workflowId,
            location: { repoId, hostPath: init.hostPath },
            stopping: signal,
            watch,
            progress,
            log,
          });
      });
      await progress.end();
    } catch (error) {
      if (error instanceof FilesFault && !signal.aborted) progress.enter('retrying', error.message);
      throw error;
    }
  }

  async #dueFiles(workflowId: Uuid): Promise<BegunWorkflow | undefined> {
    const workflow = await findStorageWorkflow(this.#options.engine, workflowId);
    return workflow && stadAction(workflow) === 'run-files' ? workflow : undefined;
  }

  #watchFor(workflowId: Uuid, stopping: AbortSignal, log: TaskLog): CancelWatch {
    const isDue = async (): Promise<boolean> => (await this.#dueFiles(workflowId)) !== undefined;
    return new CancelWatch({ ...this.#options, log }, { workflowId, isDue, stopping });
  }

  /**
   * Runs with the lock held, up to and including the fact that tells the end: whoever gets the lock
   * next finds a workflow that still waits, or one that has ended, and never one about to end.
   */
  async #applyOrFail(workflow: BegunWorkflow, work: FilesWork): Promise<void> {
    const { watch, stopping, log } = work;
    try {
      // Somebody may have asked before the work could begin, or to another stad, which is gone.
      await watch.look();
      await this.#applyOnceClear(workflow, work);
    } catch (error) {
      if (!(error instanceof FilesFault) || stopping.aborted) throw error;
      if (watch.isOver) {
        log.info({}, 'work on files ended: the workflow was ended meanwhile');
        return;
      }
      if (watch.request) {
        const { by, reason } = watch.request;
        log.info({ by, reason }, 'work on files cancelled');
        return this.#abortFiles(workflow, work, cancelText(watch.request));
      }
      log.warn({ code: error.code, err: error }, 'work on files failed');
      if (this.#mayPass(workflow, error)) throw error;
      await this.#abortFiles(workflow, work, error.brief);
    }
  }

  /** Whoever is waited for does not keep others from their turn. */
  async #applyOnceClear(workflow: BegunWorkflow, work: FilesWork): Promise<void> {
    const { signal } = work.watch;
    const { shadow } = this.#options;
    void work.progress.expect((asked) => shadow.counted(work.location, asked));
    for (;;) {
      const { writers, done } = await this.#slots.use(
        () => this.#applyIfClear(workflow, work),
        signal,
      );
      // Nor does who only waits for the journal.
      if (!writers) return this.#commitFiles(work, done);
      work.progress.enter('waiting-for-writers', writers.message);
      work.log.info({ who: writers.message }, 'freeze waits');
      do {
        await this.#options.clock.sleep(WRITERS_LOOK_MS, signal);
        if (signal.aborted) throw cancelled();
      } while (await writers.remain(signal));
    }
  }

  /** Resolves to what was done; or, without having changed anything, to those who must end first. */
  async #applyIfClear(workflow: BegunWorkflow, work: FilesWork): Promise<Application> {
    const { progress, location } = work;
    const { direction, start } = workflow;
    if (direction === 'freeze') {
      progress.enter('checking');
      const watch = { signal: work.watch.signal, onStep: progress.step };
      const writers = await this.#options.tree.examine(
        location.hostPath,
        start.policy ?? {},
        watch,
      );
      if (writers) return { writers };
    }
    return { done: await this.#apply(workflow, work) };
  }

  async #apply({ direction, start }: BegunWorkflow, work: FilesWork): Promise<FilesDone> {
    const { tree, shadow } = this.#options;
    const { location, progress } = work;
    const watch = { signal: work.watch.signal, onStep: progress.step };
    progress.enter('attributes');
    const summary = await tree.apply(direction, location.hostPath, watch);
    progress.enter('snapshot');
    const attrs = direction === 'freeze' ? 'i' : '';
    const { commit } = await shadow.snapshot(location, { author: start.author, attrs }, watch);
    return { summary, commit };
  }

  async #commitFiles(
    { workflowId, log }: FilesWork,
    { summary, commit }: FilesDone,
  ): Promise<void> {
    const { engine } = this.#options;
    log.enter('stad:commit-files');
    await engine.tell(storageWorkflow, workflowId, RetryNoVC, { type: 'CommitFiles', commit });
    log.info({ ...summary, commit }, 'files done');
  }

  /** The limit runs from the event that began the work, so that a crash does not start it anew. */
  #mayPass({ filesStartedEventId }: BegunWorkflow, fault: FilesFault): boolean {
    const { clock, retryForMs = DEFAULT_RETRY_FOR_MS } = this.#options;
    if (fault.retry === 'never' || !filesStartedEventId) return false;
    return clock.nowMs() - ulidTimeMs(filesStartedEventId) < retryForMs;
  }

  async #abortFiles(
    { direction }: BegunWorkflow,
    { workflowId, log }: FilesWork,
    cause: string,
  ): Promise<void> {
    log.enter('stad:abort-files');
    const code = failureCode(direction, 'files');
    const status = { code, message: fitStatusMessage(cause) };
    const command = { type: 'AbortFiles', status } as const;
    await this.#options.engine.tell(storageWorkflow, workflowId, RetryNoVC, command);
  }
}
