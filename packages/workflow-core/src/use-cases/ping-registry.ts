// The batches of a ping of all servers: begun and ended by a client, or ended by regd's garbage
// collection when the client never came back.
import {
  nilUuid,
  NoVC,
  RefusedError,
  registryId,
  workflowIndexId,
  type Engine,
  type Transaction,
  type Uuid,
  type Vid,
} from '@permafrost/events';
import { pingRegistry } from '../ping-registry/ping-registry.ts';
import { registry } from '../registry/aggregate.ts';
import { workflowIndex } from '../workflow-index/workflow-index.ts';
import { insist, workflowWithId } from './begin.ts';
import { refusedWorkflow } from './request-refusal.ts';
import { isUsedId } from './used-ids.ts';

export type BeginPingRequest = Readonly<{
  registry: string;
  /** The version that the client insists on, if it does. */
  registryVid?: Vid;
  workflowId: Uuid;
}>;

export type BeginPingReply = Readonly<{
  /** As it was when the workflow began. */
  registryVid: Vid;
  indexVid: Vid;
  workflowVid: Vid;
}>;

/**
 * Asked again with the same arguments, it answers the same. Throws {@link RefusedError} and
 * {@link VersionConflictError}; then nothing has begun.
 */
export function beginPing(engine: Engine, request: BeginPingRequest): Promise<BeginPingReply> {
  const { workflowId } = request;
  const id = registryId(request.registry);
  const indexId = workflowIndexId(request.registry);
  return engine.transact(async (tx) => {
    const { vid, state } = await tx.find(registry, id);
    if (state.name === '') {
      throw new RefusedError({
        refusal: 'REGISTRY_NOT_INITIALIZED',
        kind: 'registry',
        history: id,
      });
    }
    if (workflowId === nilUuid) throw refusedWorkflow('WORKFLOW_ID_MALFORMED', workflowId);
    const ping = await workflowWithId(tx, pingRegistry, workflowId);
    const init = { type: 'Init', registryId: id } as const;
    if (ping.status !== 'uninitialized') {
      await tx.tell(pingRegistry, workflowId, init);
      const index = await tx.find(workflowIndex, indexId);
      return {
        registryVid: await engine.journal.headBefore(id, ping.startedEventId),
        indexVid: index.state.pings.get(workflowId)?.indexEventId ?? index.vid,
        workflowVid: ping.startedEventId,
      };
    }
    insist('registry', vid, request.registryVid);
    if (await isUsedId(engine, tx, workflowId)) {
      throw refusedWorkflow('WORKFLOW_ID_IN_USE', workflowId);
    }
    const workflowVid = await tx.tell(pingRegistry, workflowId, init);
    const entry = { workflowId, startedEventId: workflowVid };
    const indexVid = await tx.tell(workflowIndex, indexId, { type: 'BeginPing', entry });
    return { registryVid: vid, indexVid, workflowVid };
  });
}

/** Ends a ping that was summed up. `vid`: the version that the client insists on. */
export async function commitPing(
  tx: Transaction,
  workflowId: Uuid,
  { registry: name, vid = NoVC }: { registry: string; vid?: Vid },
): Promise<void> {
  await tx.tell(pingRegistry, workflowId, { type: 'Commit' }, vid);
  await leaveIndex(tx, workflowId, name);
}

/** Ends a ping however far it has come. */
export async function expirePing(tx: Transaction, workflowId: Uuid, name: string): Promise<void> {
  await tx.tell(pingRegistry, workflowId, { type: 'AbortExpired' });
  await leaveIndex(tx, workflowId, name);
}

async function leaveIndex(tx: Transaction, workflowId: Uuid, name: string): Promise<void> {
  const { state } = await tx.find(pingRegistry, workflowId);
  if (state.status === 'uninitialized' || !state.completedEventId) return;
  const { startedEventId, completedEventId } = state;
  const indexId = workflowIndexId(name);
  // A crash of the old system between two of its steps may have left the entry out.
  await tx.tell(workflowIndex, indexId, {
    type: 'BeginPing',
    entry: { workflowId, startedEventId },
  });
  await tx.tell(workflowIndex, indexId, { type: 'CommitPing', workflowId, completedEventId });
  await tx.tell(pingRegistry, workflowId, { type: 'End' });
}
