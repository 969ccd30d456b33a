import type { Engine, Uuid } from '@permafrost/events';
import { ForeignWorkflowError, storageWorkflow, type BegunWorkflow } from './storage-workflow.ts';

/** The freeze or thaw with this id; undefined if there is none, or it is another kind of workflow. */
export async function findStorageWorkflow(
  engine: Engine,
  workflowId: Uuid,
): Promise<BegunWorkflow | undefined> {
  try {
    const { state } = await engine.find(storageWorkflow, workflowId);
    return state.status === 'uninitialized' ? undefined : state;
  } catch (error) {
    if (error instanceof ForeignWorkflowError) return undefined;
    throw error;
  }
}
