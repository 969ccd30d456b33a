import { invariant, unreachable, type Uuid } from '@permafrost/events';
import { parentsOf } from '../storage/paths.ts';
import { storageBegun, storageEnded, type Storage } from '../storage/storage.ts';
import type { Registry, RegistryEvent, RegistryRepo } from './registry.ts';

export function evolve(registry: Registry, event: RegistryEvent): Registry {
  switch (event.type) {
    case 'RegistryAdded':
      return { ...registry, name: event.name };
    case 'EphemeralWorkflowsEnabled':
      return { ...registry, indexId: event.indexId };
    case 'RootAdded':
      return { ...registry, roots: registry.roots.set(event.root.globalRoot, event.root) };
    case 'RootRemoved':
      return { ...registry, roots: registry.roots.delete(event.globalRoot) };
    case 'RepoAccepted':
      return withRepo(registry, {
        id: event.repoId,
        globalPath: event.globalPath,
        creator: event.creator,
        confirmed: false,
        storage: { tier: 'unconfirmed' },
      });
    case 'RepoAdded':
      return updateRepo(registry, event.repoId, { confirmed: true, storage: { tier: 'online' } });
    case 'RepoStorageStarted':
      return withStorage(registry, event.repoId, storageBegun(event));
    case 'RepoStorageCompleted':
      return withStorage(registry, event.repoId, storageEnded(event));
    case 'RepoArchiveTierRecorded':
      return withStorage(registry, event.repoId, event);
    case 'Unmodelled':
      return registry;
    default:
      return unreachable(event);
  }
}

/** With a repo that was not there before, and all that is counted about it. */
export function withRepo(registry: Registry, repo: RegistryRepo): Registry {
  const within = registry.reposWithin.withMutations((counts) => {
    for (const dir of [repo.globalPath, ...parentsOf(repo.globalPath)]) {
      counts.update(dir, 0, (count) => count + 1);
    }
  });
  return {
    ...registry,
    repos: registry.repos.set(repo.id, repo),
    repoIdByPath: registry.repoIdByPath.set(repo.globalPath, repo.id),
    reposWithin: within,
  };
}

function withStorage(registry: Registry, repoId: Uuid, { tier, workflowId }: Storage): Registry {
  const storage = workflowId === undefined ? { tier } : { tier, workflowId };
  return updateRepo(registry, repoId, { storage });
}

function updateRepo(registry: Registry, repoId: Uuid, change: Partial<RegistryRepo>): Registry {
  const repo = registry.repos.get(repoId);
  invariant(repo !== undefined, 'a repo is accepted before anything else happens to it');
  return { ...registry, repos: registry.repos.set(repoId, { ...repo, ...change }) };
}
