// Begins a freeze or a thaw: the first batch of the flow in ARCHITECTURE.md. A client that lost the
// reply may ask again with the same arguments, and is answered the same.
import {
  nilUuid,
  RefusedError,
  registryId,
  workflowIndexId,
  type Author,
  type Direction,
  type Engine,
  type FreezePolicy,
  type StreamKind,
  type Transaction,
  type Uuid,
  type Vid,
  type WorkflowStart,
} from '@permafrost/events';
import { registry } from '../registry/aggregate.ts';
import { whyNotBegin } from '../registry/queries.ts';
import { isBlockedByError, repo } from '../repo/repo.ts';
import { mayBegin, type Departure } from '../storage/storage.ts';
import { storageWorkflow, type BegunWorkflow } from '../storage-workflow/storage-workflow.ts';
import { entryOf, workflowIndex } from '../workflow-index/workflow-index.ts';
import { insist, workflowWithId } from './begin.ts';
import { refusedWorkflow } from './request-refusal.ts';
import { isUsedId } from './used-ids.ts';

export type BeginRequest = Readonly<{
  direction: Direction;
  registry: string;
  /** The versions that the client insists on, if it does. They are checked here, and only here. */
  registryVid?: Vid;
  repoId: Uuid;
  repoVid?: Vid;
  workflowId: Uuid;
  author: Author;
  policy?: FreezePolicy;
  /** Begins also where the repo is already as wanted: to mend flags that the disk lost or kept. */
  repair?: true;
}>;

export type BeginReply = Readonly<{
  /** As they were when the workflow began. */
  registryVid: Vid;
  repoVid: Vid;
  indexVid: Vid;
  workflowVid: Vid;
}>;

/** Throws {@link RefusedError} and {@link VersionConflictError}; then nothing has begun. */
export function beginWorkflow(engine: Engine, request: BeginRequest): Promise<BeginReply> {
  return engine.transact(async (tx) => {
    const start = await startOf(tx, request);
    const workflow = await workflowWithId(tx, storageWorkflow, request.workflowId);
    return workflow.status === 'uninitialized'
      ? begin(engine, tx, request, start)
      : answerAgain(engine, tx, request, { start, workflow });
  });
}

async function startOf(tx: Transaction, request: BeginRequest): Promise<WorkflowStart> {
  const { workflowId, author, registryVid, repoId, repoVid, policy, repair } = request;
  const id = registryId(request.registry);
  const { state } = await tx.find(registry, id);
  if (state.name === '') throw refused('REGISTRY_NOT_INITIALIZED', 'registry', id);
  const listed = state.repos.get(repoId);
  if (!listed) throw refused('REPO_UNKNOWN', 'registry', id);
  if (workflowId === nilUuid) throw refusedWorkflow('WORKFLOW_ID_MALFORMED', workflowId);
  if (author.name.trim() === '' || author.email.trim() === '') {
    throw refusedWorkflow('AUTHOR_MISSING', workflowId);
  }
  return {
    registryId: id,
    registryName: state.name,
    ...(registryVid && { startRegistryVid: registryVid }),
    repoId,
    repoGlobalPath: listed.globalPath,
    ...(repoVid && { startRepoVid: repoVid }),
    author,
    ...(policy && { policy }),
    ...(repair && { repair }),
  };
}

async function begin(
  engine: Engine,
  tx: Transaction,
  request: BeginRequest,
  start: WorkflowStart,
): Promise<BeginReply> {
  const { direction, workflowId } = request;
  const registryNow = await tx.find(registry, start.registryId);
  insist('registry', registryNow.vid, request.registryVid);
  const repoNow = await tx.find(repo, start.repoId);
  if (!repoNow.state.init) throw refused('REPO_NOT_INITIALIZED', 'repo', start.repoId);
  insist('repo', repoNow.vid, request.repoVid);
  if (await isUsedId(engine, tx, workflowId)) {
    throw refusedWorkflow('WORKFLOW_ID_IN_USE', workflowId);
  }
  await assertMayBegin(tx, request, start);

  const workflowVid = await tx.tell(storageWorkflow, workflowId, {
    type: 'Init',
    direction,
    start,
  });
  const indexVid = await tx.tell(workflowIndex, workflowIndexId(request.registry), {
    type: 'BeginWorkflow',
    entry: {
      direction,
      workflowId,
      startedEventId: workflowVid,
      globalPath: start.repoGlobalPath,
    },
  });
  return { registryVid: registryNow.vid, repoVid: repoNow.vid, indexVid, workflowVid };
}

/** Throws {@link RefusedError} where the repo, as it stands, can be neither frozen nor thawed. */
async function assertMayBegin(
  tx: Transaction,
  departure: Departure & { repoId: Uuid },
  start: Pick<WorkflowStart, 'registryId' | 'registryName' | 'repoGlobalPath'>,
): Promise<void> {
  const { repoId } = departure;
  const reason = whyNotBegin((await tx.find(registry, start.registryId)).state, departure);
  if (reason) throw refused(reason, 'registry', start.registryId);
  const { state } = await tx.find(repo, repoId);
  if (!mayBegin(departure, state.storage)) throw refused('REPO_IN_OTHER_TIER', 'repo', repoId);
  await refuseSecondWorkflow(tx, start);
  if (isBlockedByError(state)) throw refused('REPO_HAS_STORED_ERROR', 'repo', repoId);
}

/**
 * Whether a freeze or thaw could begin now. Throws {@link RefusedError} with the reason why not.
 * Appends nothing in any case.
 */
export function tryToBegin(
  engine: Engine,
  {
    registry: name,
    globalPath,
    ...departure
  }: Departure & Readonly<{ registry: string; globalPath: string; repoId: Uuid }>,
): Promise<void> {
  const start = {
    registryId: registryId(name),
    registryName: name,
    repoGlobalPath: globalPath,
  };
  return engine.transact((tx) => assertMayBegin(tx, departure, start));
}

/**
 * A workflow holds its repo from the moment that it is indexed, not only from when regd has moved the
 * tier: of two clients that ask at once, one is told of the other, and nothing begins only to fail.
 */
async function refuseSecondWorkflow(
  tx: Transaction,
  start: Pick<WorkflowStart, 'registryName' | 'repoGlobalPath'>,
): Promise<void> {
  const index = workflowIndexId(start.registryName);
  const { state } = await tx.find(workflowIndex, index);
  if (state.active.some(({ globalPath }) => globalPath === start.repoGlobalPath)) {
    throw refused('REPO_HELD_BY_OTHER_WORKFLOW', 'index', index);
  }
}

async function answerAgain(
  engine: Engine,
  tx: Transaction,
  { registry: name, workflowId, direction }: BeginRequest,
  { start, workflow }: { start: WorkflowStart; workflow: BegunWorkflow },
): Promise<BeginReply> {
  await tx.tell(storageWorkflow, workflowId, { type: 'Init', direction, start });
  const { startedEventId: event } = workflow;
  const index = await tx.find(workflowIndex, workflowIndexId(name));
  return {
    registryVid: await engine.journal.headBefore(start.registryId, event),
    repoVid: await engine.journal.headBefore(start.repoId, event),
    indexVid: entryOf(index.state, workflowId)?.indexEventId ?? index.vid,
    workflowVid: event,
  };
}

function refused(refusal: string, kind: StreamKind, history: Uuid): RefusedError {
  return new RefusedError({ refusal, kind, history });
}
