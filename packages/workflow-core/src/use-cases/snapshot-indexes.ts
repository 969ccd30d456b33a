// Cuts the histories of indexes short for their readers, once they have grown much longer than what
// they say (spec/behaviour.md 3.3, 9).
import { mainId, workflowIndexId, type Engine } from '@permafrost/events';
import { main } from '../main/main.ts';
import { workflowIndex } from '../workflow-index/workflow-index.ts';

/** Resolves to the names of the registries whose index got a snapshot. */
export async function snapshotIndexes(
  engine: Engine,
  { signal }: { signal?: AbortSignal } = {},
): Promise<readonly string[]> {
  const written: string[] = [];
  const { state } = await engine.find(main, mainId);
  for (const { name } of state.registries) {
    if (signal?.aborted) break;
    if (await snapshotIndex(engine, name)) written.push(name);
  }
  return written;
}

function snapshotIndex(engine: Engine, name: string): Promise<boolean> {
  return engine.transact(async (tx) => {
    const { vid } = await tx.find(workflowIndex, workflowIndexId(name));
    return (await tx.tell(workflowIndex, workflowIndexId(name), { type: 'Snapshot' })) !== vid;
  });
}
