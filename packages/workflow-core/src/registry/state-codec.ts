// How a registry is saved: as JSON of its roots and repos, from which the rest follows.
import type { Root, StateCodec } from '@permafrost/events';
import { Map as PersistentMap } from 'immutable';
import { withRepo } from './evolve.ts';
import { initialRegistry, type Registry, type RegistryRepo } from './registry.ts';

type Saved = Pick<Registry, 'name' | 'indexId'> & {
  roots: readonly Root[];
  repos: readonly RegistryRepo[];
};

export const registryStateCodec: StateCodec<Registry> = {
  format: '1',

  encode({ name, indexId, roots, repos }) {
    const saved: Saved = {
      name,
      ...(indexId !== undefined && { indexId }),
      roots: [...roots.values()],
      repos: [...repos.values()],
    };
    return new TextEncoder().encode(JSON.stringify(saved));
  },

  decode(bytes) {
    const { roots, repos, ...rest } = JSON.parse(new TextDecoder().decode(bytes)) as Saved;
    const byPath = roots.map((root) => [root.globalRoot, root] as const);
    const empty = { ...initialRegistry, ...rest, roots: PersistentMap(byPath) };
    return repos.reduce(withRepo, empty);
  },
};
