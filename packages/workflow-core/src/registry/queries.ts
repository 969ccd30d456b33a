// Questions about a registry that rules, services and daemons ask.
import type { Root, Uuid } from '@permafrost/events';
import { isWithin, parentsOf, rebase } from '../storage/paths.ts';
import { mayBegin, type Departure } from '../storage/storage.ts';
import type { Registry, RegistryRefusal, RegistryRepo } from './registry.ts';

/** The root that holds a path: of nested ones the innermost. */
export function rootOf({ roots }: Registry, path: string): Root | undefined {
  const at = roots.get(path);
  if (at) return at;
  for (const parent of parentsOf(path)) {
    const root = roots.get(parent);
    if (root) return root;
  }
  return undefined;
}

/** Where a global path lies on its root's host. */
export function hostPathOf(root: Root, globalPath: string): string {
  return rebase(globalPath, { from: root.globalRoot, to: root.hostRoot });
}

/** The repo at a path, or else the nearest one above it. */
export function repoAround(registry: Registry, path: string): RegistryRepo | undefined {
  const id = registry.repoIdByPath.get(path);
  return id === undefined ? parentRepo(registry, path) : registry.repos.get(id);
}

/** The nearest repo above a path. */
export function parentRepo(registry: Registry, path: string): RegistryRepo | undefined {
  for (const parent of parentsOf(path)) {
    const id = registry.repoIdByPath.get(parent);
    if (id !== undefined) return registry.repos.get(id);
  }
  return undefined;
}

/** Whether no other repo, confirmed or not, lies below this one. */
export function isLeaf({ reposWithin }: Registry, { globalPath }: RegistryRepo): boolean {
  return reposWithin.get(globalPath) === 1;
}

/**
 * Whether nothing may lie below the repo. A freeze would take other repos with it; a repair looks at
 * the flags of all that lies there, and would thaw what is frozen for good reason.
 */
export function needsLeaf({ direction, repair }: Departure): boolean {
  return direction === 'freeze' || repair === true;
}

/** The repos at or below a directory, or all of them, by path. */
export function reposWithin({ repos }: Registry, top?: string): readonly RegistryRepo[] {
  return [...repos.values()]
    .filter(({ globalPath }) => top === undefined || isWithin(globalPath, top))
    .sort((a, b) => (a.globalPath < b.globalPath ? -1 : 1));
}

/** The roots by their global path. */
export function rootsByPath({ roots }: Registry): readonly Root[] {
  return [...roots.values()].sort((a, b) => (a.globalRoot < b.globalRoot ? -1 : 1));
}

/**
 * Whether a repo may be frozen or thawed now, told before a workflow is begun: the reason why not,
 * or undefined (spec/behaviour.md 5.5).
 */
export function whyNotBegin(
  registry: Registry,
  departure: Departure & Readonly<{ repoId: Uuid }>,
): RegistryRefusal | undefined {
  const repo = registry.repos.get(departure.repoId);
  if (!repo) return 'REPO_UNKNOWN';
  if (registry.indexId === undefined) return 'EPHEMERAL_WORKFLOWS_NOT_ENABLED';
  if (!mayBegin(departure, repo.storage)) return 'REPO_IN_OTHER_TIER';
  if (needsLeaf(departure) && !isLeaf(registry, repo)) return 'REPO_HAS_CHILD_REPOS';
  return undefined;
}
