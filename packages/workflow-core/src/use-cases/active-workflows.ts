import { mainId, workflowIndexId, type Engine, type Uuid } from '@permafrost/events';
import { main } from '../main/main.ts';
import { workflowIndex } from '../workflow-index/workflow-index.ts';

/** Freezes and thaws of all registries that have not ended. */
export async function* activeWorkflows(engine: Engine): AsyncGenerator<Uuid> {
  const { state } = await engine.find(main, mainId);
  for (const { name } of state.registries) {
    const { state: index } = await engine.find(workflowIndex, workflowIndexId(name));
    yield* index.active.keys();
  }
}
