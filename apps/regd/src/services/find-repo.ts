import type { Engine, Uuid, Vid } from '@permafrost/events';
import { repo, type Repo } from '@permafrost/workflow-core';
import { refusalError } from '../grpc/rpc-error.ts';

/** A repo whose own history has begun. */
export type FoundRepo = Readonly<{ vid: Vid; state: Repo & Required<Pick<Repo, 'init'>> }>;

/** The repo with this id. Throws an {@link RpcError} if its history has not begun. */
export async function findRepo(engine: Engine, id: Uuid): Promise<FoundRepo> {
  const { vid, state } = await engine.find(repo, id);
  const { init } = state;
  if (!init) throw refusalError('REPO_NOT_INITIALIZED', 'repos error: uninitialized repo');
  return { vid, state: { ...state, init } };
}
