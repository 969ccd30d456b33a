import {
  NoVC,
  RefusedError,
  registryId,
  type Author,
  mainId,
  type Engine,
  type Transaction,
  type Uuid,
  type Vid,
} from '@permafrost/events';
import { main } from '../main/main.ts';
import { registry } from '../registry/aggregate.ts';
import { overlapping } from '../registry/overlap.ts';
import { rootOf } from '../registry/queries.ts';
import type { Registry } from '../registry/registry.ts';
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
    if (!state.repos.has(repo.repoId)) {
      if (await isUsedId(engine, tx, repo.repoId))
        throw new RefusedError({ refusal: 'REPO_ID_IN_USE', kind: 'registry', history: id });
      await refuseOverlap(tx, state, repo.globalPath);
    }
    return tx.tell(registry, id, command, vid);
  });
}

/** No registry knows the others, so all are asked whether a repo of theirs is in the same place. */
async function refuseOverlap(tx: Transaction, own: Registry, globalPath: string): Promise<void> {
  const root = rootOf(own, globalPath);
  if (!root) return;
  const { state } = await tx.find(main, mainId);
  for (const { name } of state.registries) {
    const { state: found } = await tx.find(registry, registryId(name));
    const other = overlapping(found, { registry: own.name, globalPath, root });
    if (!other) continue;
    throw new RefusedError({
      refusal: 'REPO_DIRECTORY_OVERLAPS_OTHER',
      kind: 'registry',
      history: registryId(own.name),
      detail: `${other.globalPath} of registry ${name}`,
    });
  }
}
