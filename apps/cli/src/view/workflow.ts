// How a freeze or an unfreeze is told: where it stands, on whom it waits, how it ended.
import type { operator } from '@permafrost/proto';

type Workflow = operator.Workflow;

/** Whether nothing more will happen, but for being deleted one day: it waits for nobody. */
export function hasEnded({ waitingFor }: Workflow): boolean {
  return waitingFor === '';
}

export function hasFailed(workflow: Workflow): boolean {
  return hasEnded(workflow) && workflow.statusCode !== 0;
}

/** In a few words, such as `freeze: at work`. */
export function workflowHeadline(workflow: Workflow): string {
  return `${workflow.kind}: ${stateWord(workflow)}`;
}

function stateWord(workflow: Workflow): string {
  if (hasFailed(workflow)) return `failed (${workflow.statusCode})`;
  if (hasEnded(workflow)) return 'done';
  switch (workflow.state) {
    case 'initialized':
      return 'begun';
    case 'files':
      return 'at work';
    default:
      return 'ending';
  }
}

/** In one line: what it waits for, what is being done, or why it failed; empty if all is well. */
export function workflowSituation(workflow: Workflow): string {
  if (hasEnded(workflow)) return workflow.statusMessage;
  const { phase, figures } = workflowStep(workflow);
  return figures ? `${phase}, ${countWords(figures)}` : phase;
}

/** Entries of the tree: directories, files, and whatever else lies in it. */
export type Figures = Readonly<{
  done: number;
  /** Undefined while nobody knows yet. */
  total: number | undefined;
  /** Entries a second since the phase began; undefined while there is nothing to tell it by. */
  perSecond: number | undefined;
  leftMs: number | undefined;
}>;

/** What is going on right now. The phase is stable while only the figures move. */
export type Step = Readonly<{ phase: string; figures?: Figures }>;

export function workflowStep(workflow: Workflow): Step {
  const { progress, waitingFor, worker, cancelRequest } = workflow;
  if (cancelRequest) return { phase: `to be cancelled, waiting for ${waitingFor}` };
  if (progress && workflow.state === 'files') {
    switch (progress.phase) {
      case 'attributes':
        return {
          phase: workflow.kind === 'freeze' ? 'making files immutable' : 'making files mutable',
          figures: figuresOf(progress),
        };
      case 'verify':
        return { phase: 'verifying every entry', figures: figuresOf(progress) };
      case 'snapshot':
        return { phase: 'recording the shadow repo', figures: figuresOf(progress) };
      case 'waiting-for-lock':
        return { phase: 'taking the lock of the repo' };
      case 'retrying':
        return { phase: `about to try again: ${progress.message}` };
    }
  }
  if (worker) return { phase: `${worker.daemon} on host ${worker.host} is at work` };
  return { phase: `waiting for ${waitingFor}` };
}

function figuresOf(progress: operator.Progress): Figures {
  const { entriesDone: done, entriesTotal: total, startedMs, updatedMs } = progress;
  const passedMs = updatedMs - startedMs;
  const perSecond = done > 0 && passedMs > 0 ? (done / passedMs) * 1000 : undefined;
  const leftMs =
    total === undefined || perSecond === undefined
      ? undefined
      : (Math.max(0, total - done) / perSecond) * 1000;
  return { done, total, perSecond, leftMs };
}

/** Such as `1,200 of 40,000 entries`. */
export function countWords({ done, total }: Figures): string {
  const of = total === undefined ? '' : ` of ${count(total)}`;
  return `${count(done)}${of} entries`;
}

/** A whole number as people read it. */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}
