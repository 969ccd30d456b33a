// Looking at a repo's files for somebody who asks, never while a workflow has them in hand.
import {
  Fault,
  parseUuid,
  type Engine,
  type RepoInit,
  type Tier,
  type Uuid,
} from '@permafrost/events';
import { repo, type RepoLock, type ShadowLocation } from '@permafrost/workflow-core';

/** The repo is not in a state in which its files can be looked at. */
export class NotNowError extends Fault {
  readonly code = 'REPO_NOT_AT_REST';
  readonly retry = 'later';
}

export type RestWorld = Readonly<{
  engine: Engine;
  /** The file host whose repos are served. */
  host: string;
  lock: RepoLock;
}>;

export type RepoAtRest = Readonly<{ location: ShadowLocation; init: RepoInit; tier: Tier }>;

/**
 * Works while the lock is held and no workflow has the repo in hand. Throws {@link NotNowError}, and
 * at once rather than when the workflow has let go of the lock.
 */
export async function atRest<T>(
  world: RestWorld,
  id: string,
  signal: AbortSignal,
  work: (found: RepoAtRest) => Promise<T>,
): Promise<T> {
  const repoId: Uuid = parseUuid(id);
  await find(world, repoId);
  return world.lock.hold(repoId, signal, async () => work(await find(world, repoId)));
}

async function find({ engine, host }: RestWorld, repoId: Uuid): Promise<RepoAtRest> {
  const { init, shadowPath, storage } = (await engine.find(repo, repoId)).state;
  if (init?.fileHost !== host || shadowPath === '') {
    throw new NotNowError(`repo ${repoId} is not set up on host ${host}`);
  }
  const { tier } = storage;
  if (tier === 'freezing' || tier === 'unfreezing') {
    throw new NotNowError(`${init.globalPath} is ${tier}: a workflow has it in hand`);
  }
  return { location: { repoId, hostPath: init.hostPath }, init, tier };
}
