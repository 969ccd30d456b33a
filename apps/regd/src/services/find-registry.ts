import { registryId, type Engine, type Uuid, type Vid } from '@permafrost/events';
import { registry, type Registry, type RegistryRepo } from '@permafrost/workflow-core';
import { refusalError } from '../grpc/rpc-error.ts';
import { registryNameOf } from '../wire/arguments.ts';

export type FoundRegistry = Readonly<{ id: Uuid; vid: Vid; state: Registry }>;

/** The registry with this name. Throws an {@link RpcError} if there is none, or cannot be. */
export async function findRegistry(engine: Engine, name: string): Promise<FoundRegistry> {
  const id = registryId(registryNameOf(name));
  const { vid, state } = await engine.find(registry, id);
  if (state.name !== '') return { id, vid, state };
  throw refusalError('REGISTRY_NOT_INITIALIZED', 'registry error: uninitialized registry');
}

/** A repo that the registry lists. Throws an {@link RpcError} if it does not. */
export function listedRepo({ repos }: Registry, repoId: Uuid): RegistryRepo {
  const found = repos.get(repoId);
  if (found) return found;
  throw refusalError('REPO_UNKNOWN', 'unknown repo');
}
