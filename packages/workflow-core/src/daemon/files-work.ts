// The work on the files of one workflow, while the lock of their repo is held: up to and including the fact
// that tells the end. Whoever gets the lock next finds a workflow that still waits, or one that has ended,
// and never one about to end.
import { RetryNoVC, type Uuid } from '@permafrost/events';
import {
  FilesFault,
  type OpenWriters,
  type ShadowLocation,
  type TreeSummary,
} from '../ports/files.ts';
import { failureCode } from '../storage/status-code.ts';
import { fitStatusMessage } from '../storage/status-message.ts';
import { storageWorkflow, type BegunWorkflow } from '../storage-workflow/storage-workflow.ts';
import { cancelText } from '../use-cases/cancel-workflow.ts';
import type { CancelWatch } from './cancel-watch.ts';
import { mayPass } from './may-pass.ts';
import { isAlive, stadsOf } from './presence.ts';
import type { ProgressReporter } from './progress-reporter.ts';
import { cancelled, type Slots } from './slots.ts';
import type { StadMeans } from './stad-means.ts';
import type { TaskLog } from './task-log.ts';

export type FilesWorkParts = Readonly<{
  means: StadMeans;
  slots: Slots;
  workflowId: Uuid;
  workflow: BegunWorkflow;
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

/** How often is looked whether those who write have ended. */
const WRITERS_LOOK_MS = 1000;

export class FilesWork {
  readonly #parts: FilesWorkParts;

  constructor(parts: FilesWorkParts) {
    this.#parts = parts;
  }

  /** Throws {@link FilesFault} where trying again may help, and when the daemon stops. */
  async run(): Promise<void> {
    const { watch, stopping } = this.#parts;
    try {
      // Somebody may have asked before the work could begin, or to another stad, which is gone.
      await watch.look();
      await this.#applyOnceClear();
    } catch (error) {
      if (!(error instanceof FilesFault) || stopping.aborted) throw error;
      await this.#meet(error);
    }
  }

  /**
   * In place of {@link run} where the lock cannot be had: tells the end all the same, once it is time.
   * Throws the fault until then. That is as harmless as `breakOff`, should somebody have the lock.
   */
  async giveUp(fault: FilesFault): Promise<void> {
    const { means, watch } = this.#parts;
    await watch.look();
    // For the sake of a fault of its own, none ends what another stad of the host may be doing.
    if (!watch.request && !watch.isOver && (await isServedByOthers(means))) throw fault;
    await this.#meet(fault);
  }

  /** What comes of a fault: another try, or the end. */
  async #meet(fault: FilesFault): Promise<void> {
    const { means, workflow, watch, log } = this.#parts;
    if (watch.isOver) {
      log.info({}, 'work on files ended: the workflow was ended meanwhile');
      return;
    }
    if (watch.request) {
      const { by, reason } = watch.request;
      log.info({ by, reason }, 'work on files cancelled');
      return this.#abort(cancelText(watch.request));
    }
    log.warn({ code: fault.code, err: fault }, 'work on files failed');
    const { filesStartedEventId: since } = workflow;
    if (since && mayPass(fault, since, means)) throw fault;
    await this.#abort(fault.brief);
  }

  /** Whoever is waited for does not keep others from their turn. */
  async #applyOnceClear(): Promise<void> {
    const { means, slots, location, watch, progress, log } = this.#parts;
    const { signal } = watch;
    void progress.expect((asked) => means.shadow.counted(location, asked));
    for (;;) {
      const { writers, done } = await slots.use(() => this.#applyIfClear(), signal);
      // Nor does who only waits for the journal.
      if (!writers) return this.#commit(done);
      progress.enter('waiting-for-writers', writers.message);
      log.info({ who: writers.message }, 'freeze waits');
      do {
        await means.clock.sleep(WRITERS_LOOK_MS, signal);
        if (signal.aborted) throw cancelled();
      } while (await writers.remain(signal));
    }
  }

  /** Resolves to what was done; or, without having changed anything, to those who must end first. */
  async #applyIfClear(): Promise<Application> {
    const { means, workflow, location, watch, progress } = this.#parts;
    const { direction, start } = workflow;
    if (direction === 'freeze') {
      progress.enter('checking');
      const writers = await means.tree.examine(location.hostPath, start.policy ?? {}, {
        signal: watch.signal,
        onStep: progress.step,
      });
      if (writers) return { writers };
    }
    return { done: await this.#apply() };
  }

  async #apply(): Promise<FilesDone> {
    const { means, workflow, location, watch, progress } = this.#parts;
    const { direction, start } = workflow;
    const { signal } = watch;
    const onStep = progress.step;
    progress.enter('attributes');
    const summary = await means.tree.apply(direction, location.hostPath, { signal, onStep });
    progress.enter('snapshot');
    const recorded = { author: start.author, attrs: direction === 'freeze' ? 'i' : '' } as const;
    const { commit } = await means.shadow.snapshot(location, recorded, { signal, onStep });
    return { summary, commit };
  }

  async #commit({ summary, commit }: FilesDone): Promise<void> {
    const { means, workflowId, log } = this.#parts;
    log.enter('stad:commit-files');
    const command = { type: 'CommitFiles', commit } as const;
    await means.engine.tell(storageWorkflow, workflowId, RetryNoVC, command);
    log.info({ ...summary, commit }, 'files done');
  }

  async #abort(cause: string): Promise<void> {
    const { means, workflow, workflowId, log } = this.#parts;
    log.enter('stad:abort-files');
    const code = failureCode(workflow.direction, 'files');
    const status = { code, message: fitStatusMessage(cause) };
    const command = { type: 'AbortFiles', status } as const;
    await means.engine.tell(storageWorkflow, workflowId, RetryNoVC, command);
  }
}

async function isServedByOthers({ board, host, instance, clock }: StadMeans): Promise<boolean> {
  const stads = await stadsOf(board, host);
  return stads.some((stad) => stad.instance !== instance && isAlive(stad, clock.nowMs()));
}
