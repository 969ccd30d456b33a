// The unfreeze-repo workflow, under its own names. What it does is in ../storage-workflow/.
import type { Engine } from '@permafrost/events';
import { WorkflowError } from '../storage-workflow/errors.ts';
import { Workflows } from '../storage-workflow/workflows.ts';

export function unfreezeRepoWorkflows(engine: Engine): Workflows {
  return new Workflows(engine, 'unfreeze');
}

/** Whether an error is one of this workflow's. */
export function isUnfreezeRepoError(error: unknown): error is WorkflowError {
  return error instanceof WorkflowError && error.direction === 'unfreeze';
}
