// What the beginnings of all kinds of workflows have in common.
import {
  HistoryKindError,
  VersionConflictError,
  type Aggregate,
  type StreamKind,
  type Transaction,
  type Uuid,
  type Vid,
} from '@permafrost/events';
import { ForeignWorkflowError } from '../storage-workflow/storage-workflow.ts';
import { refusedWorkflow } from './request-refusal.ts';

/** The workflow as it is. An id whose history is none of this kind cannot be used. */
export async function workflowWithId<S, C, E, R extends string>(
  tx: Transaction,
  aggregate: Aggregate<S, C, E, R>,
  workflowId: Uuid,
): Promise<S> {
  try {
    return (await tx.find(aggregate, workflowId)).state;
  } catch (error) {
    if (error instanceof HistoryKindError || error instanceof ForeignWorkflowError) {
      throw refusedWorkflow('WORKFLOW_ID_IN_USE', workflowId);
    }
    throw error;
  }
}

/** Throws {@link VersionConflictError} if the client named another version than the stored one. */
export function insist(kind: StreamKind, stored: Vid, expected: Vid | undefined): void {
  if (expected !== undefined && expected !== stored) {
    throw new VersionConflictError({ kind, stored, expected });
  }
}
