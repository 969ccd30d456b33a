// Roots may lead to one directory on more than one way: two registries may name it, or one registry
// may name it twice. A directory has one repo all the same, since lock, snapshot and flags go by
// where it lies. Which repos lie within each other is known to a registry by their global paths, and
// its nesting rules go by these alone; so what overlaps on the host must do so there, too.
import type { Root } from '@permafrost/events';
import { isWithin, parentsOf, rebase } from '../storage/paths.ts';
import { hostPathOf, reposWithin, rootOf } from './queries.ts';
import type { Registry, RegistryRepo } from './registry.ts';

/** Where a new repo will lie; `registry` is the name of its registry. */
export type NewRepo = Readonly<{ registry: string; globalPath: string; root: Root }>;

/**
 * A repo of the registry whose directory is that of the new repo, holds it or lies in it, although
 * their global paths do not say so.
 */
export function overlapping(registry: Registry, repo: NewRepo): RegistryRepo | undefined {
  for (const root of registry.roots.values()) {
    if (root.host !== repo.root.host) continue;
    const hostPath = hostPathOf(repo.root, repo.globalPath);
    const top = innermost(hostPath, root.hostRoot);
    if (top === undefined) continue;
    const globalTop = hostToGlobal(root, top);
    const isTold =
      registry.name === repo.registry &&
      globalTop === rebase(top, { from: hostPath, to: repo.globalPath });
    if (isTold) continue;
    for (const other of alongside(registry, globalTop))
      if (rootOf(registry, other.globalPath) === root) return other;
  }
  return undefined;
}

/** Of two directories the one that lies in the other. */
function innermost(a: string, b: string): string | undefined {
  if (isWithin(a, b)) return a;
  return isWithin(b, a) ? b : undefined;
}

function hostToGlobal({ hostRoot, globalRoot }: Root, path: string): string {
  return rebase(path, { from: hostRoot, to: globalRoot });
}

/** The repos at, above and below a global path. */
function* alongside(registry: Registry, path: string): Generator<RegistryRepo> {
  for (const parent of parentsOf(path)) {
    const id = registry.repoIdByPath.get(parent);
    const above = id === undefined ? undefined : registry.repos.get(id);
    if (above) yield above;
  }
  // Asked first, so that all repos are gone over only where there is something to find.
  if (registry.reposWithin.has(path)) yield* reposWithin(registry, path);
}
