import { RefusedError, type Uuid } from '@permafrost/events';

/** Refusals that no single history can give. */
export type RequestRefusal =
  | 'WORKFLOW_ID_IN_USE'
  | 'WORKFLOW_ID_MALFORMED'
  | 'WORKFLOW_NOT_CANCELLABLE'
  | 'AUTHOR_MISSING'
  | 'REASON_MISSING';

/** A refusal of a request that is about a workflow. */
export function refusedWorkflow(refusal: RequestRefusal, workflowId: Uuid): RefusedError {
  return new RefusedError({ refusal, kind: 'workflow', history: workflowId });
}
