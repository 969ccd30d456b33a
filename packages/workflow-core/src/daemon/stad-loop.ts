// stad's part: makes shadow repos, and does the work on the files of freezes and thaws, for the
// repos of its own host.
import {
  repoCodec,
  registryId,
  workflowCodec,
  workflowIndexId,
  type StoredEvent,
  type Uuid,
} from '@permafrost/events';
import { ofEachRegistry } from './each-registry.ts';
import { FilesFault } from '../ports/files.ts';
import { registry } from '../registry/aggregate.ts';
import { repo } from '../repo/repo.ts';
import { findStorageWorkflow } from '../storage-workflow/find.ts';
import type { BegunWorkflow } from '../storage-workflow/storage-workflow.ts';
import { workflowIndex } from '../workflow-index/workflow-index.ts';
import { CancelWatch } from './cancel-watch.ts';
import { FilesWork } from './files-work.ts';
import { stadAction } from './next-action.ts';
import { ProgressReporter } from './progress-reporter.ts';
import type { Loop } from './runner.ts';
import { ShadowSetUp } from './shadow-set-up.ts';
import { Slots } from './slots.ts';
import type { StadMeans } from './stad-means.ts';
import { aboutWorkflow, type TaskLog } from './task-log.ts';

export type StadTask = Readonly<
  { kind: 'repo'; repoId: Uuid } | { kind: 'workflow'; workflowId: Uuid }
>;

const DEFAULT_JOBS_MAX = 4;

export class StadLoop implements Loop<StadTask> {
  readonly #means: StadMeans;
  readonly #slots: Slots;
  readonly #shadows: ShadowSetUp;

  constructor(means: StadMeans) {
    this.#means = means;
    this.#slots = new Slots(means.jobsMax ?? DEFAULT_JOBS_MAX);
    this.#shadows = new ShadowSetUp(means, this.#slots);
  }

  keyOf(task: StadTask): string {
    return task.kind === 'repo' ? `repo ${task.repoId}` : `workflow ${task.workflowId}`;
  }

  async *open(): AsyncGenerator<StadTask> {
    const { engine } = this.#means;
    yield* ofEachRegistry(engine, async function* ({ name }): AsyncGenerator<StadTask> {
      const { state: found } = await engine.find(registry, registryId(name));
      for (const { id, confirmed } of found.repos.values()) {
        if (!confirmed) yield { kind: 'repo', repoId: id };
      }
      const { state: index } = await engine.find(workflowIndex, workflowIndexId(name));
      for (const workflowId of index.active.keys()) yield { kind: 'workflow', workflowId };
    });
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
      ? this.#shadows.run(task.repoId, { signal, log })
      : this.#runFiles(task.workflowId, signal, log);
  }

  /** Whoever wants a workflow cancelled does not have to wait for its next try. */
  async pause(task: StadTask, ms: number, signal: AbortSignal, log: TaskLog): Promise<void> {
    const { clock } = this.#means;
    if (task.kind === 'repo') return clock.sleep(ms, signal);
    await using watch = this.#watchFor(task.workflowId, signal, log);
    await clock.sleep(ms, watch.signal);
  }

  async #runFiles(workflowId: Uuid, signal: AbortSignal, log: TaskLog): Promise<void> {
    const { engine, host, instance, lock } = this.#means;
    log.about({ workflow: workflowId });
    const found = await this.#dueFiles(workflowId);
    if (!found) return;
    const { direction, start } = found;
    const { repoId } = start;
    const { init } = (await engine.find(repo, repoId)).state;
    if (init?.fileHost !== host) return;
    log.about({ ...aboutWorkflow(found), host });
    const subject = { workflow: workflowId, direction, instance };
    using progress = await ProgressReporter.open({ ...this.#means, log }, subject);
    await using watch = this.#watchFor(workflowId, signal, log);
    const workOn = (workflow: BegunWorkflow): FilesWork =>
      new FilesWork({
        means: this.#means,
        slots: this.#slots,
        workflowId,
        workflow,
        location: { repoId, hostPath: init.hostPath },
        stopping: signal,
        watch,
        progress,
        log,
      });
    try {
      progress.enter('waiting-for-lock');
      try {
        await lock.hold(repoId, signal, async () => {
          // Another stad of this host may have done the work while this one waited.
          const workflow = await this.#dueFiles(workflowId);
          if (workflow) await workOn(workflow).run();
        });
      } catch (error) {
        if (!(error instanceof FilesFault && error.code === 'FILES_NO_LOCK')) throw error;
        await workOn(found).giveUp(error);
      }
      await progress.end();
    } catch (error) {
      if (error instanceof FilesFault && !signal.aborted) progress.enter('retrying', error.message);
      throw error;
    }
  }

  async #dueFiles(workflowId: Uuid): Promise<BegunWorkflow | undefined> {
    const workflow = await findStorageWorkflow(this.#means.engine, workflowId);
    return workflow && stadAction(workflow) === 'run-files' ? workflow : undefined;
  }

  #watchFor(workflowId: Uuid, stopping: AbortSignal, log: TaskLog): CancelWatch {
    const isDue = async (): Promise<boolean> => (await this.#dueFiles(workflowId)) !== undefined;
    return new CancelWatch({ ...this.#means, log }, { workflowId, isDue, stopping });
  }
}
