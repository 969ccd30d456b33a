// A history as such: of what kind it is, and what people call it.
import {
  Fault,
  mainId,
  workflowIndexId,
  type Engine,
  type StreamKind,
  type Uuid,
} from '@permafrost/events';
import { findPing, findStorageWorkflow, main, registry, repo } from '@permafrost/workflow-core';
import { notFound } from '../grpc/rpc-error.ts';
import type { Context } from '../services/context.ts';

export type History = Readonly<{ history: Uuid; kind: StreamKind }>;

/** The history with this id. Throws an {@link RpcError} if there is none. */
export async function findHistory(
  { journal, engine }: Pick<Context, 'journal' | 'engine'>,
  history: Uuid,
): Promise<History> {
  const head = await journal.head(history);
  if (head && !head.deleted) return { history, kind: head.kind };
  // An index without events is there all the same.
  if (!head && (await registryOf(engine, history)) !== '') return { history, kind: 'index' };
  const text = `${head ? 'deleted' : 'unknown'} history ${history}`;
  throw notFound('HISTORY_UNKNOWN', text, 'Check the id.');
}

/**
 * The name of a registry, of main, or of the registry that an index belongs to; the path of a repo,
 * or of that which a workflow is about, or the name of the registry that it pings. Empty if the history does not tell.
 */
export async function labelOf(engine: Engine, { history, kind }: History): Promise<string> {
  try {
    switch (kind) {
      case 'main':
        return 'main';
      case 'registry':
        return (await engine.find(registry, history)).state.name;
      case 'repo':
        return (await engine.find(repo, history)).state.init?.globalPath ?? '';
      case 'workflow':
        return await workflowLabel(engine, history);
      case 'index':
        return await registryOf(engine, history);
    }
  } catch (error) {
    // A history that cannot be folded has no name, and still has events.
    if (error instanceof Fault) return '';
    throw error;
  }
}

async function workflowLabel(engine: Engine, history: Uuid): Promise<string> {
  const workflow = await findStorageWorkflow(engine, history);
  if (workflow) return workflow.start.repoGlobalPath;
  const ping = await findPing(engine, history);
  return ping ? (await engine.find(registry, ping.registryId)).state.name : '';
}

async function registryOf(engine: Engine, index: Uuid): Promise<string> {
  const { state } = await engine.find(main, mainId);
  return state.registries.find(({ name }) => workflowIndexId(name) === index)?.name ?? '';
}
