// The steps by which regd sets up registries and repos (spec/behaviour.md 16). A repo is confirmed
// only once its shadow repo is there, so that nobody can freeze what is half set up.
import { mainId, registryId, type Engine, type Root, type Uuid } from '@permafrost/events';
import { main } from '../main/main.ts';
import { registry } from '../registry/aggregate.ts';
import { hostPathOf, rootOf } from '../registry/queries.ts';
import type { RegistryRepo } from '../registry/registry.ts';
import { repo, type RepoCommand } from '../repo/repo.ts';

/** Makes sure that there is a main history. */
export async function initMain(engine: Engine): Promise<void> {
  await engine.transact((tx) => tx.tell(main, mainId, { type: 'InitMain', name: 'main' }));
}

/** Begins the history of an accepted registry, and confirms it. */
export async function confirmRegistry(engine: Engine, name: string): Promise<void> {
  await engine.transact(async (tx) => {
    await tx.tell(registry, registryId(name), { type: 'InitRegistry', name });
    await tx.tell(main, mainId, { type: 'ConfirmRegistry', name });
  });
}

/** Begins the history of an accepted repo, or confirms it when stad has made its shadow repo. */
export async function setUpRepo(
  engine: Engine,
  { repoId, registryId: known }: { repoId: Uuid; registryId?: Uuid },
): Promise<void> {
  await engine.transact(async (tx) => {
    const { state } = await tx.find(repo, repoId);
    const owner = known ?? (state.init && registryId(state.init.registry));
    if (owner === undefined) return;
    const { state: found } = await tx.find(registry, owner);
    const listed = found.repos.get(repoId);
    if (!listed || listed.confirmed) return;
    if (!state.init) {
      const root = rootOf(found, listed.globalPath);
      if (root) await tx.tell(repo, repoId, initRepo(found.name, listed, root));
    } else if (state.shadowPath !== '') {
      await tx.tell(registry, owner, {
        type: 'ConfirmRepo',
        repoId,
        ...(state.initEventId && { repoEventId: state.initEventId }),
      });
    }
  });
}

function initRepo(registryName: string, listed: RegistryRepo, root: Root): RepoCommand {
  const [gitlabHost = '', ...namespace] = root.gitlabNamespace.split('/');
  return {
    type: 'InitRepo',
    init: {
      registry: registryName,
      globalPath: listed.globalPath,
      creator: listed.creator,
      fileHost: root.host,
      hostPath: hostPathOf(root, listed.globalPath),
      subdirTracking: 'enter-subdirs',
      gitlabHost,
      gitlabPath: gitlabHost === '' ? '' : [...namespace, listed.id].join('/'),
    },
  };
}
