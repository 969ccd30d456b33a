// What histories say of each other: main of registries, registries of repos, indexes of workflows.
// A history that cannot be read has its own finding, and is left out here.
import {
  Fault,
  mainId,
  registryId,
  workflowIndexId,
  type Aggregate,
  type Engine,
  type Head,
  type Uuid,
} from '@permafrost/events';
import {
  findStorageWorkflow,
  hasEnded,
  main,
  registry,
  repo,
  workflowIndex,
  type Indexed,
  type Registry,
  type RegistryRepo,
} from '@permafrost/workflow-core';
import { finding, type Finding } from './finding.ts';

/** Yields contradictions. `heads` are those of all histories. */
export async function* checkReferences(
  engine: Engine,
  heads: readonly Head[],
): AsyncGenerator<Finding> {
  const unlisted = new Map(heads.filter((head) => !head.deleted).map((h) => [h.history, h.kind]));
  unlisted.delete(mainId);
  const { registries = [] } = (await read(engine, main, mainId)) ?? {};
  for (const { name, confirmed } of registries) {
    const id = registryId(name);
    const found = await read(engine, registry, id);
    if (found?.name === '' && confirmed) {
      yield finding('REGISTRY_MISSING', id, `registry ${name} is confirmed, but has no events`);
    }
    unlisted.delete(id);
    unlisted.delete(workflowIndexId(name));
    if (found) yield* checkRepos(engine, found, unlisted);
    yield* checkIndex(engine, name, unlisted);
  }
  for (const [history, kind] of unlisted) {
    if (kind === 'registry') yield finding('REGISTRY_NOT_LISTED', history, 'main does not list it');
    if (kind === 'repo') yield finding('REPO_NOT_LISTED', history, 'no registry lists the repo');
    if (kind === 'workflow') yield* unindexed(engine, history);
  }
}

async function* checkRepos(
  engine: Engine,
  { name, repos }: Registry,
  unlisted: Map<Uuid, unknown>,
): AsyncGenerator<Finding> {
  for (const listed of repos.values()) {
    unlisted.delete(listed.id);
    const own = await read(engine, repo, listed.id);
    if (!own) continue;
    const { init, storage } = own;
    if (!init) {
      if (listed.confirmed) {
        yield finding('REPO_MISSING', listed.id, `${listed.globalPath} has no events of its own`);
      }
      continue;
    }
    if (init.globalPath !== listed.globalPath || init.registry !== name) {
      const text = `registry ${name} lists ${listed.globalPath}; the repo says ${init.globalPath} in ${init.registry}`;
      yield finding('REPO_DIFFERS', listed.id, text);
    }
    const isSame =
      storage.tier === listed.storage.tier && storage.workflowId === listed.storage.workflowId;
    if (listed.confirmed && !isSame) {
      const text = `${listed.globalPath} is ${listed.storage.tier} in registry ${name}, and ${storage.tier} by its own history`;
      yield finding('TIERS_DIFFER', listed.id, text);
    }
    yield* checkHolder(engine, listed);
  }
}

async function* checkHolder(
  engine: Engine,
  { id, globalPath, storage: { tier, workflowId } }: RegistryRepo,
): AsyncGenerator<Finding> {
  if (workflowId === undefined || (tier !== 'freezing' && tier !== 'unfreezing')) return;
  const workflow = await readWorkflow(engine, workflowId);
  if (workflow && !hasEnded(workflow)) return;
  const text = `${globalPath} is ${tier}, but workflow ${workflowId} ${workflow ? 'has ended' : 'is not there'}`;
  yield finding('REPO_HELD_BY_NO_WORKFLOW', id, text);
}

async function* checkIndex(
  engine: Engine,
  name: string,
  unlisted: Map<Uuid, unknown>,
): AsyncGenerator<Finding> {
  const index = await read(engine, workflowIndex, workflowIndexId(name));
  for (const entry of [...(index?.active.values() ?? []), ...(index?.completed.values() ?? [])]) {
    unlisted.delete(entry.workflowId);
    yield* checkEntry(engine, name, entry);
  }
}

async function* checkEntry(engine: Engine, name: string, entry: Indexed): AsyncGenerator<Finding> {
  const { workflowId, completedEventId } = entry;
  const workflow = await readWorkflow(engine, workflowId);
  if (!workflow) {
    yield finding('WORKFLOW_MISSING', workflowId, `the index of ${name} lists it`);
    return;
  }
  const isSame =
    entry.direction === workflow.direction &&
    entry.globalPath === workflow.start.repoGlobalPath &&
    entry.startedEventId === workflow.startedEventId &&
    completedEventId === (hasEnded(workflow) ? workflow.completedEventId : undefined);
  if (!isSame) {
    const text = `the index of ${name} tells of it otherwise than its own history`;
    yield finding('INDEX_DIFFERS', workflowId, text);
  }
}

async function* unindexed(engine: Engine, workflowId: Uuid): AsyncGenerator<Finding> {
  // Other kinds of workflows are not ours to judge.
  if (!(await readWorkflow(engine, workflowId))) return;
  yield finding('WORKFLOW_NOT_INDEXED', workflowId, 'no index lists it');
}

async function read<S, C, E, R extends string>(
  engine: Engine,
  aggregate: Aggregate<S, C, E, R>,
  history: Uuid,
): Promise<S | undefined> {
  return unlessUnreadable(async () => (await engine.find(aggregate, history)).state);
}

function readWorkflow(engine: Engine, workflowId: Uuid): ReturnType<typeof findStorageWorkflow> {
  return unlessUnreadable(() => findStorageWorkflow(engine, workflowId));
}

async function unlessUnreadable<T>(find: () => Promise<T>): Promise<T | undefined> {
  try {
    return await find();
  } catch (error) {
    if (error instanceof Fault && error.retry === 'never') return undefined;
    throw error;
  }
}
