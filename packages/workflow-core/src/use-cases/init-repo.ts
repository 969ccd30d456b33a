import {
  NoVC,
  RefusedError,
  registryId,
  type Author,
  type Engine,
  type Uuid,
  type Vid,
} from '@permafrost/events';
import { registry } from '../registry/aggregate.ts';
import { isUsedId } from './used-ids.ts';

export type InitRepoRequest = Readonly<{
  registry: string;
  /** The version of the registry that the client insists on, or {@link NoVC}. */
  vid?: Vid;
  repoId: Uuid;
  /** Absolute and clean. */
  globalPath: string;
  creator: Author;
}>;

/**
 * Accepts a repo into a registry; its history is begun later (set-up.ts). Resolves to the registry's
 * version. Throws {@link RefusedError} and {@link VersionConflictError}.
 */
export function initRepo(
  engine: Engine,
  { registry: name, vid = NoVC, ...repo }: InitRepoRequest,
): Promise<Vid> {
  const id = registryId(name);
  return engine.transact(async (tx) => {
    const command = { type: 'InitRepo', ...repo } as const;
    // The registry knows its own ids and says no first; then the whole journal is asked.
    await tx.insist(registry, id, command, vid);
    const { state } = await tx.find(registry, id);
    if (!state.repos.has(repo.repoId) && (await isUsedId(engine, tx, repo.repoId))) {
      throw new RefusedError({ refusal: 'REPO_ID_IN_USE', kind: 'registry', history: id });
    }
    return tx.tell(registry, id, command, vid);
  });
}
