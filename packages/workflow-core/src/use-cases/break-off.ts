// Ends a workflow over the head of the stad that its files belong to: for a stad that is gone, and for
// people who know that it has to be (invariant 11).
import type { Transaction, Uuid } from '@permafrost/events';
import { failureCode, SC_FAILED } from '../storage/status-code.ts';
import { fitStatusMessage } from '../storage/status-message.ts';
import { storageWorkflow, type WorkflowStatus } from '../storage-workflow/storage-workflow.ts';
import { fail } from './advance-workflow.ts';

/**
 * Fails a workflow out of the state that the caller has seen it in, in one batch. Resolves to whether
 * it was still in that state; if not, nothing is done.
 *
 * A stad that was only slow or stopped harms nothing when it goes on: its facts are refused from now
 * on, it looks whether it is still wanted, and whoever works on the tree next waits for the lock that
 * it holds (invariant 10).
 */
export async function breakOff(
  tx: Transaction,
  workflowId: Uuid,
  { from, cause }: { from: WorkflowStatus; cause: string },
): Promise<boolean> {
  const { state } = await tx.find(storageWorkflow, workflowId);
  if (state.status === 'uninitialized' || state.status !== from) return false;
  const isStads = state.status === 'files';
  const code = isStads ? failureCode(state.direction, 'files') : SC_FAILED;
  const status = { code, message: fitStatusMessage(cause) };
  if (isStads) await tx.tell(storageWorkflow, workflowId, { type: 'AbortFiles', status });
  await fail(tx, workflowId, status);
  return true;
}
