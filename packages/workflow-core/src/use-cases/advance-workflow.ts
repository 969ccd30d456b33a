// The batches by which regd moves a workflow (ARCHITECTURE.md, the flow). Each looks at the state
// again inside of its transaction and adds only what is missing: so each may be repeated, and each
// also finishes a history that somebody wrote step by step and left anywhere.
import {
  workflowIndexId,
  type Status,
  type Transaction,
  type Uuid,
  type WorkflowStart,
} from '@permafrost/events';
import { refusals, type Refusal } from '../refusals.ts';
import { registry } from '../registry/aggregate.ts';
import { repo } from '../repo/repo.ts';
import { failureCode, SC_FAILED } from '../storage/status-code.ts';
import { fitStatusMessage } from '../storage/status-message.ts';
import { storageWorkflow, type BegunWorkflow } from '../storage-workflow/storage-workflow.ts';
import { workflowIndex } from '../workflow-index/workflow-index.ts';

/** From `initialized`: takes the repo in hand and hands over to stad; or fails, if it cannot. */
export async function beginFiles(tx: Transaction, workflowId: Uuid): Promise<void> {
  const workflow = await begunWorkflow(tx, workflowId);
  if (workflow?.status !== 'initialized') return;
  const { direction, start } = workflow;
  await indexWorkflow(tx, workflowId, workflow);
  const { repair } = start;
  const move = {
    type: 'BeginStorage',
    direction,
    workflowId,
    ...(repair && { repair }),
  } as const;
  const byRegistry = await tx.attempt(registry, start.registryId, {
    ...move,
    repoId: start.repoId,
  });
  if (byRegistry) {
    const code = failureCode(direction, 'registry-begin');
    return fail(tx, workflowId, { code, message: causeOf('registry', byRegistry) });
  }
  const byRepo = await tx.attempt(repo, start.repoId, move);
  if (byRepo) {
    const code = failureCode(direction, 'repo-begin');
    return fail(tx, workflowId, { code, message: causeOf('repo', byRepo) });
  }
  await tx.tell(storageWorkflow, workflowId, { type: 'BeginFiles' });
}

/** Once the files have ended, or more: brings repo, registry, workflow and index to the same end. */
export async function settle(tx: Transaction, workflowId: Uuid): Promise<void> {
  const workflow = await begunWorkflow(tx, workflowId);
  switch (workflow?.status) {
    case undefined:
    case 'initialized':
    case 'files':
      return;
    case 'files-completed':
    case 'completed':
      return commit(tx, workflowId, workflow);
    case 'files-failed':
    case 'failed':
      return fail(tx, workflowId, workflow.outcome);
    case 'terminated':
      return leaveIndex(tx, workflowId);
  }
}

/**
 * Ends a workflow as failed. What it does not hold stays as it is. Throws {@link RefusedError} while
 * the files are stad's, and when the workflow has ended otherwise.
 */
export async function fail(tx: Transaction, workflowId: Uuid, status: Status): Promise<void> {
  const workflow = await begunWorkflow(tx, workflowId);
  const abortWorkflow = { type: 'Abort', status } as const;
  if (!workflow || !mayFail(workflow)) {
    await tx.tell(storageWorkflow, workflowId, abortWorkflow);
    return;
  }
  const { direction, start } = workflow;
  const abort = { type: 'AbortStorage', direction, workflowId } as const;
  await tx.attempt(repo, start.repoId, { ...abort, status });
  await tx.attempt(registry, start.registryId, {
    ...abort,
    repoId: start.repoId,
    statusCode: status.code,
  });
  await tx.tell(storageWorkflow, workflowId, abortWorkflow);
  await leaveIndex(tx, workflowId);
}

function mayFail({ status }: BegunWorkflow): boolean {
  return status !== 'files' && status !== 'completed' && status !== 'terminated';
}

async function commit(tx: Transaction, workflowId: Uuid, workflow: BegunWorkflow): Promise<void> {
  const { direction, start, status } = workflow;
  const move = { type: 'CommitStorage', direction, workflowId } as const;
  const refusal =
    (await tx.attempt(repo, start.repoId, move)) ??
    (await tx.attempt(registry, start.registryId, { ...move, repoId: start.repoId }));
  if (refusal && status === 'files-completed') {
    return fail(tx, workflowId, { code: SC_FAILED, message: causeOf('commit', refusal) });
  }
  await tx.tell(storageWorkflow, workflowId, { type: 'Commit' });
  await leaveIndex(tx, workflowId);
}

/** The last steps are the same however it ended: out of the index, then the final event. */
async function leaveIndex(tx: Transaction, workflowId: Uuid): Promise<void> {
  const workflow = await begunWorkflow(tx, workflowId);
  if (!workflow?.completedEventId) return;
  await indexWorkflow(tx, workflowId, workflow);
  await tx.tell(workflowIndex, indexOf(workflow.start), {
    type: 'CommitWorkflow',
    workflowId,
    completedEventId: workflow.completedEventId,
  });
  await tx.tell(storageWorkflow, workflowId, { type: 'End' });
}

/** Adds what a crash between two single steps may have left out: the entry in the index. */
async function indexWorkflow(
  tx: Transaction,
  workflowId: Uuid,
  { direction, start, startedEventId }: BegunWorkflow,
): Promise<void> {
  const entry = { direction, workflowId, startedEventId, globalPath: start.repoGlobalPath };
  await tx.tell(workflowIndex, indexOf(start), { type: 'BeginWorkflow', entry });
}

function indexOf(start: WorkflowStart): Uuid {
  return workflowIndexId(start.registryName);
}

async function begunWorkflow(
  tx: Transaction,
  workflowId: Uuid,
): Promise<BegunWorkflow | undefined> {
  const { state } = await tx.find(storageWorkflow, workflowId);
  return state.status === 'uninitialized' ? undefined : state;
}

function causeOf(who: string, refusal: Refusal): string {
  return fitStatusMessage(`${who} refused: ${refusals[refusal].text}`);
}
