import type { Aggregate, Engine, Uuid } from '@permafrost/events';
import { ForeignWorkflowError, storageWorkflow, type BegunWorkflow } from './storage-workflow.ts';

type Begun<S> = Exclude<S, { status: 'uninitialized' }>;

/** The freeze or thaw with this id; undefined if there is none, or it is another kind of workflow. */
export function findStorageWorkflow(
  engine: Engine,
  workflowId: Uuid,
): Promise<BegunWorkflow | undefined> {
  return findOfKind(engine, storageWorkflow, workflowId);
}

/** The workflow with this id, if it is of the aggregate's kind. */
export async function findOfKind<S extends { status: string }, C, E, R extends string>(
  engine: Engine,
  aggregate: Aggregate<S, C, E, R>,
  workflowId: Uuid,
): Promise<Begun<S> | undefined> {
  try {
    const { state } = await engine.find(aggregate, workflowId);
    return state.status === 'uninitialized' ? undefined : (state as Begun<S>);
  } catch (error) {
    if (error instanceof ForeignWorkflowError) return undefined;
    throw error;
  }
}
