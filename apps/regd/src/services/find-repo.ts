import type { Engine, Uuid, Vid } from '@permafrost/events';
import { repo, type Repo } from '@permafrost/workflow-core';
import { notFound, refusalError } from '../grpc/rpc-error.ts';

/** A repo whose own history has begun. */
export type FoundRepo = Readonly<{ vid: Vid; state: Repo & Required<Pick<Repo, 'init'>> }>;

/** The repo with this id. Throws an {@link RpcError} if its history has not begun. */
export async function findRepo(engine: Engine, id: Uuid): Promise<FoundRepo> {
  const found = await begunRepo(engine, id);
  if (found) return found;
  throw refusalError('REPO_NOT_INITIALIZED', 'repos error: uninitialized repo');
}

/** The same for the calls about its files, which have always worded it in another way. */
export async function findRepoOfFiles(engine: Engine, id: Uuid): Promise<FoundRepo> {
  const found = await begunRepo(engine, id);
  if (found) return found;
  const remedy = 'List the repos with `permafrost repos REGISTRY`.';
  throw notFound('REPO_NOT_FOUND', `unknown repo: ${id}`, remedy);
}

async function begunRepo(engine: Engine, id: Uuid): Promise<FoundRepo | undefined> {
  const { vid, state } = await engine.find(repo, id);
  const { init } = state;
  return init && { vid, state: { ...state, init } };
}
