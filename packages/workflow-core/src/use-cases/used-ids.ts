// A UUID names one thing for ever: an id that has any meaning, or had one, cannot be given to
// something else (spec/gaps.md 25, 76, 98).
import {
  broadcastId,
  mainId,
  registryId,
  workflowIndexId,
  type Engine,
  type Transaction,
  type Uuid,
} from '@permafrost/events';
import { main } from '../main/main.ts';
import { registry } from '../registry/aggregate.ts';

/**
 * Whether an id is that of a history, also of a deleted one, of a history that a name stands for, or
 * of a repo whose history has not begun yet.
 */
export async function isUsedId(engine: Engine, tx: Transaction, id: Uuid): Promise<boolean> {
  if (id === mainId || id === broadcastId) return true;
  const { state } = await tx.find(main, mainId);
  for (const { name } of state.registries) {
    if (id === registryId(name) || id === workflowIndexId(name)) return true;
    const { state: found } = await tx.find(registry, registryId(name));
    if (found.repos.has(id)) return true;
  }
  return (await engine.journal.head(id)) !== undefined;
}
