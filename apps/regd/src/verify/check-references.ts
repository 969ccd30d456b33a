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
  type PingEntry,
  type Uuid,
} from '@permafrost/events';
import {
  findPing,
  findStorageWorkflow,
  hasEnded,
  main,
  registry,
  repo,
  workflowIndex,
  type BegunWorkflow,
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
  const isIts =
    workflow?.start.repoId === id &&
    workflow.direction === (tier === 'freezing' ? 'freeze' : 'unfreeze');
  if (isIts && !hasEnded(workflow)) return;
  const why = !workflow ? 'is not there' : isIts ? 'has ended' : 'does something else';
  const text = `${globalPath} is ${tier}, but workflow ${workflowId} ${why}`;
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
  for (const entry of index?.pings.values() ?? []) {
    unlisted.delete(entry.workflowId);
    yield* checkPing(engine, name, entry);
  }
}

async function* checkEntry(engine: Engine, name: string, entry: Indexed): AsyncGenerator<Finding> {
  const { workflowId, completedEventId } = entry;
  const workflow = await readWorkflow(engine, workflowId);
  if (!workflow) {
    yield missing(name, workflowId);
    return;
  }
  yield* checkHold(engine, workflowId, workflow);
  const isSame =
    entry.direction === workflow.direction &&
    entry.globalPath === workflow.start.repoGlobalPath &&
    entry.startedEventId === workflow.startedEventId &&
    completedEventId === (hasEnded(workflow) ? workflow.completedEventId : undefined);
  if (!isSame) yield differs(name, workflowId);
}

/** From the beginning of its work on the files to its end, a workflow holds its repo. */
async function* checkHold(
  engine: Engine,
  workflowId: Uuid,
  { status, start: { repoId, repoGlobalPath } }: BegunWorkflow,
): AsyncGenerator<Finding> {
  if (status !== 'files' && status !== 'files-completed' && status !== 'files-failed') return;
  const own = await read(engine, repo, repoId);
  if (!own || own.storage.workflowId === workflowId) return;
  const text = `it is at work on ${repoGlobalPath}, which is ${own.storage.tier} without it`;
  yield finding('WORKFLOW_HOLDS_NO_REPO', workflowId, text);
}

async function* checkPing(
  engine: Engine,
  name: string,
  { workflowId, startedEventId, completedEventId }: PingEntry,
): AsyncGenerator<Finding> {
  const ping = await unlessUnreadable(() => findPing(engine, workflowId));
  if (!ping) yield missing(name, workflowId);
  else if (ping.startedEventId !== startedEventId || ping.completedEventId !== completedEventId) {
    yield differs(name, workflowId);
  }
}

function missing(name: string, workflowId: Uuid): Finding {
  return finding('WORKFLOW_MISSING', workflowId, `the index of ${name} lists it`);
}

function differs(name: string, workflowId: Uuid): Finding {
  const text = `the index of ${name} tells of it otherwise than its own history`;
  return finding('INDEX_DIFFERS', workflowId, text);
}

async function* unindexed(engine: Engine, workflowId: Uuid): AsyncGenerator<Finding> {
  // Other kinds of workflows are not ours to judge.
  const isOurs =
    (await readWorkflow(engine, workflowId)) ??
    (await unlessUnreadable(() => findPing(engine, workflowId)));
  if (!isOurs) return;
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
