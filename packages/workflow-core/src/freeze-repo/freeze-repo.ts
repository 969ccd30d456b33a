// The freeze-repo workflow, under its own names. What it does is in ../storage-workflow/.
import type { Engine } from '@permafrost/events';
import { WorkflowError } from '../storage-workflow/errors.ts';
import { Workflows } from '../storage-workflow/workflows.ts';

export function freezeRepoWorkflows(engine: Engine): Workflows {
  return new Workflows(engine, 'freeze');
}

/** Whether an error is one of this workflow's. */
export function isFreezeRepoError(error: unknown): error is WorkflowError {
  return error instanceof WorkflowError && error.direction === 'freeze';
}
