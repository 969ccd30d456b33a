// How far a look at the files of a repo is that changes nothing: a check, or a plan.
import type { check, plan } from '@permafrost/proto';
import type { Step } from './workflow.ts';

export function lookStep(progress: check.CheckProgress | plan.PlanProgress): Step {
  const { phase, entriesDone: done, entriesTotal: total, path } = progress;
  const figures = { done, total, path };
  switch (phase) {
    case 'waiting-for-lock':
      return { phase: 'taking the lock of the repo' };
    case 'examining':
      return { phase: 'looking at what is there', figures };
    case 'attributes':
      return { phase: 'looking at the attributes', figures };
    case 'entries':
      return { phase: 'comparing with the last snapshot', figures };
    default:
      return { phase, figures };
  }
}
