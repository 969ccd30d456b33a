// Cancels a workflow for somebody who has changed their mind, or who frees a repo by force. While a
// stad works on the files, only that stad can end the work in good order: so it is asked.
import { RefusedError, type Engine, type Noticeboard, type Uuid } from '@permafrost/events';
import { isServed } from '../daemon/presence.ts';
import type { Clock } from '../ports/time.ts';
import { repo } from '../repo/repo.ts';
import { findStorageWorkflow } from '../storage-workflow/find.ts';
import { hasEnded, type BegunWorkflow } from '../storage-workflow/storage-workflow.ts';
import { breakOff } from './break-off.ts';
import { refusedWorkflow } from './request-refusal.ts';

export type CancelOrder = Readonly<{
  workflowId: Uuid;
  /** Who wants it, for people to read. */
  by: string;
  /** Why, for people to read. May be empty, unless `force` is set. */
  reason: string;
  /** To break the glass: ends the workflow at once, whoever works on it. */
  force: boolean;
}>;

/** `ended`: it has failed, as was wished. `asked`: stad knows, and ends it as soon as it can. */
export type CancelReply = 'ended' | 'asked';

type World = Readonly<{ engine: Engine; board: Noticeboard; clock: Clock }>;

/** Throws {@link RefusedError} when there is nothing to cancel any more, or the order is incomplete. */
export async function cancelWorkflow(world: World, order: CancelOrder): Promise<CancelReply> {
  const { engine, board } = world;
  const { workflowId, by, reason, force } = order;
  if (by.trim() === '') throw refusedWorkflow('AUTHOR_MISSING', workflowId);
  if (force && reason.trim() === '') throw refusedWorkflow('REASON_MISSING', workflowId);
  const cause = cancelText(order);
  // A workflow only moves on, and so the state that was seen is an old one a few times at most.
  for (;;) {
    const workflow = await workflowToCancel(engine, order);
    const { status } = workflow;
    if (status === 'files' && !force && (await isAtWork(world, workflow))) {
      if (await ask(world, order)) return 'asked';
    } else if (await engine.transact((tx) => breakOff(tx, workflowId, { from: status, cause }))) {
      await board.clear(workflowId);
      return 'ended';
    }
  }
}

/** Who and why, as a workflow ends with it. */
export function cancelText({
  by,
  reason,
  force = false,
}: Pick<CancelOrder, 'by' | 'reason'> & { force?: boolean }): string {
  const deed = force ? 'ended by force by' : 'cancelled by';
  return reason.trim() === '' ? `${deed} ${by}` : `${deed} ${by}: ${reason}`;
}

async function workflowToCancel(
  engine: Engine,
  { workflowId, force }: CancelOrder,
): Promise<BegunWorkflow> {
  const workflow = await findStorageWorkflow(engine, workflowId);
  if (!workflow) {
    const refusal = 'INDEX_WORKFLOW_UNKNOWN';
    throw new RefusedError({ refusal, kind: 'workflow', history: workflowId });
  }
  // What has happened to the files is told as it was, unless even that does not come to its end.
  const isOpen = workflow.status === 'initialized' || workflow.status === 'files';
  if (isOpen || (force && !hasEnded(workflow))) return workflow;
  throw refusedWorkflow('WORKFLOW_NOT_CANCELLABLE', workflowId);
}

async function isAtWork(
  { engine, board, clock }: World,
  { start }: BegunWorkflow,
): Promise<boolean> {
  const { init } = (await engine.find(repo, start.repoId)).state;
  return init !== undefined && isServed(board, init.fileHost, clock.nowMs());
}

/** Resolves to whether the wish came in time: one that did not has nobody to forget it. */
async function ask(
  { engine, board, clock }: World,
  { workflowId, by, reason }: CancelOrder,
): Promise<boolean> {
  await board.askToCancel({ workflow: workflowId, by, reason, atMs: clock.nowMs() });
  const workflow = await findStorageWorkflow(engine, workflowId);
  if (workflow?.status === 'files') return true;
  await board.clear(workflowId);
  return false;
}
