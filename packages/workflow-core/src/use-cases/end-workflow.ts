// The steps of a workflow that a client may ask for instead of leaving them to regd's loop. Each is
// refused as the workflow's own command would be, and then carries out the whole batch, so that
// registry, repo and index never stay behind (spec/gaps.md 11, 23).
import { NoVC, type Status, type Transaction, type Uuid, type Vid } from '@permafrost/events';
import { storageWorkflow } from '../storage-workflow/storage-workflow.ts';
import { beginFiles, fail, settle } from './advance-workflow.ts';

/** `vid`: the version of the workflow that the client insists on. */
export async function askToBeginFiles(
  tx: Transaction,
  workflowId: Uuid,
  vid: Vid = NoVC,
): Promise<void> {
  await tx.insist(storageWorkflow, workflowId, { type: 'BeginFiles' }, vid);
  await beginFiles(tx, workflowId);
}

export async function askToCommit(
  tx: Transaction,
  workflowId: Uuid,
  vid: Vid = NoVC,
): Promise<void> {
  if (await hasTerminatedAs('done', tx, workflowId)) return;
  await tx.insist(storageWorkflow, workflowId, { type: 'Commit' }, vid);
  await settle(tx, workflowId);
}

export async function askToAbort(
  tx: Transaction,
  workflowId: Uuid,
  { status, vid = NoVC }: { status: Status; vid?: Vid },
): Promise<void> {
  if (await hasTerminatedAs('failed', tx, workflowId)) return;
  await tx.insist(storageWorkflow, workflowId, { type: 'Abort', status }, vid);
  await fail(tx, workflowId, status);
}

/** regd's loop does the same as soon as it can: who asks a moment later is told that it is so. */
async function hasTerminatedAs(
  end: 'done' | 'failed',
  tx: Transaction,
  workflowId: Uuid,
): Promise<boolean> {
  const { state } = await tx.find(storageWorkflow, workflowId);
  if (state.status !== 'terminated') return false;
  return (state.outcome.code === 0) === (end === 'done');
}
