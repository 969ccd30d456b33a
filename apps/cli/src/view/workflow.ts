// How a freeze or an unfreeze is told: where it stands, on whom it waits, how it ended.
import type { operator } from '@permafrost/proto';
import { countWords, figuresOf, paceWords, type Figures } from './figures.ts';

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
  return situationLines(workflow).join(', ');
}

/** The same, and where the work is: for where there are lines to spare. */
export function workflowSituationInFull(workflow: Workflow): readonly string[] {
  const path = workflow.progress?.path ?? '';
  const isAtWork = !hasEnded(workflow) && workflowStep(workflow).figures !== undefined;
  return [...situationLines(workflow), ...(isAtWork && path !== '' ? [`at ${path}`] : [])];
}

function situationLines(workflow: Workflow): readonly string[] {
  if (hasEnded(workflow)) return [workflow.statusMessage];
  const { phase, figures } = workflowStep(workflow);
  if (!figures) return [phase];
  const pace = paceWords(figures).join(', ');
  return [`${phase}, ${countWords(figures)}`, ...(pace === '' ? [] : [pace])];
}

/** What is going on right now. The phase is stable while only the figures move. */
export type Step = Readonly<{ phase: string; figures?: Figures }>;

export function workflowStep(workflow: Workflow): Step {
  const { progress, waitingFor, worker, cancelRequest } = workflow;
  if (cancelRequest) return { phase: `to be cancelled, waiting for ${waitingFor}` };
  // What a stad told that has gone since is no longer going on.
  if (!worker?.alive) return { phase: `waiting for ${waitingFor}` };
  if (progress && workflow.state === 'files') {
    const figures = figuresOf(progress);
    switch (progress.phase) {
      case 'checking':
        return { phase: 'looking for what is in the way', figures };
      case 'waiting-for-writers':
        return { phase: `waiting until nobody writes: ${progress.message}` };
      case 'attributes':
        return {
          phase: workflow.kind === 'freeze' ? 'making files immutable' : 'making files mutable',
          figures,
        };
      case 'verify':
        return { phase: 'verifying every entry', figures };
      case 'snapshot':
        return { phase: 'recording the shadow repo', figures };
      case 'waiting-for-lock':
        return { phase: 'taking the lock of the repo' };
      case 'retrying':
        return { phase: `about to try again: ${progress.message}` };
    }
  }
  return { phase: `${worker.daemon} on host ${worker.host} is at work` };
}
