import { RefusedError, type Uuid } from '@permafrost/events';

/** Refusals that no single history can give. */
export type RequestRefusal = 'WORKFLOW_ID_IN_USE' | 'WORKFLOW_ID_MALFORMED' | 'AUTHOR_MISSING';

/** A refusal that concerns a workflow before it has begun. */
export function refusedWorkflow(refusal: RequestRefusal, workflowId: Uuid): RefusedError {
  return new RefusedError({ refusal, kind: 'workflow', history: workflowId });
}
