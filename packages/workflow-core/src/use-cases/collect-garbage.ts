// Deletes old workflows: out of the index and with their histories, each in one batch
// (spec/gaps.md 34, 35).
import { mainId, ulidTimeMs, workflowIndexId, type Engine, type Uuid } from '@permafrost/events';
import { main } from '../main/main.ts';
import { storageWorkflow } from '../storage-workflow/storage-workflow.ts';
import { workflowIndex } from '../workflow-index/workflow-index.ts';

/** Deletes workflows that completed more than `olderThanMs` before `nowMs`; resolves to their ids. */
export async function collectGarbage(
  engine: Engine,
  { olderThanMs, nowMs, signal }: { olderThanMs: number; nowMs: number; signal?: AbortSignal },
): Promise<readonly Uuid[]> {
  const deleted: Uuid[] = [];
  const { state } = await engine.find(main, mainId);
  for (const { name } of state.registries) {
    const { state: index } = await engine.find(workflowIndex, workflowIndexId(name));
    for (const { workflowId, completedEventId } of index.completed.values()) {
      if (signal?.aborted) return deleted;
      const isOld = completedEventId && ulidTimeMs(completedEventId) + olderThanMs <= nowMs;
      if (isOld && (await deleteWorkflow(engine, name, workflowId))) deleted.push(workflowId);
    }
  }
  return deleted;
}

async function deleteWorkflow(engine: Engine, name: string, workflowId: Uuid): Promise<boolean> {
  return engine.transact(async (tx) => {
    const { state: workflow } = await tx.find(storageWorkflow, workflowId);
    // Completed but not ended is regd's to finish first.
    if (workflow.status !== 'terminated' && workflow.status !== 'uninitialized') return false;
    const refusal = await tx.attempt(workflowIndex, workflowIndexId(name), {
      type: 'DeleteWorkflow',
      workflowId,
    });
    if (refusal) return false;
    await tx.delete(storageWorkflow, workflowId);
    return true;
  });
}
