import { nilUuid, type Engine, type Uuid, type Vid } from '@permafrost/events';
import { pingRegistry, registry, type BegunPing } from '@permafrost/workflow-core';
import { notFound } from '../grpc/rpc-error.ts';

/** A ping of all servers, and the name of the registry that it is about. */
export type FoundPing = Readonly<{ vid: Vid; state: BegunPing; registry: string }>;

/** The ping with this id. Throws an {@link RpcError} if there is none. */
export async function pingWithId(engine: Engine, id: Uuid): Promise<FoundPing> {
  const { vid, state } = await engine.find(pingRegistry, id);
  if (id === nilUuid || state.status === 'uninitialized') {
    const text = 'ping-registry workflow: uninitialized';
    throw notFound('WORKFLOW_UNKNOWN', text, 'Begin one with BeginPingRegistry.');
  }
  const { name } = (await engine.find(registry, state.registryId)).state;
  return { vid, state, registry: name };
}
