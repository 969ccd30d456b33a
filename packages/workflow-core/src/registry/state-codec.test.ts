import type { RegistryEvent } from '@permafrost/events';
import { expect, test } from 'vitest';
import { author, idOf, root } from '../testing/names.ts';
import { evolve } from './evolve.ts';
import { initialRegistry, type Registry } from './registry.ts';
import { registryStateCodec } from './state-codec.ts';

const paths = ['/example/data', '/example/data/a', '/example/data/a/b', '/example/data/ab'];
const accepted = paths.map((globalPath): RegistryEvent => ({
  type: 'RepoAccepted',
  repoId: idOf(globalPath),
  globalPath,
  creator: author,
}));
const repoId = idOf('/example/data/a/b');
const histories: Readonly<Record<string, readonly RegistryEvent[]>> = {
  empty: [],
  'without workflows and repos': [
    { type: 'RegistryAdded', name: 'exreg' },
    { type: 'RootAdded', root },
  ],
  'with repos in several tiers': [
    { type: 'RegistryAdded', name: 'exreg' },
    { type: 'EphemeralWorkflowsEnabled', indexId: idOf('index') },
    { type: 'RootAdded', root },
    { type: 'RootAdded', root: { ...root, globalRoot: '/other' } },
    { type: 'RootRemoved', globalRoot: '/other' },
    ...accepted,
    { type: 'RepoAdded', repoId, globalPath: '/example/data/a/b' },
    { type: 'RepoStorageStarted', direction: 'freeze', repoId, workflowId: idOf('freeze') },
  ],
};

/** All of a state, in an order that does not depend on how it was made. */
function contents({ roots, repos, repoIdByPath, reposWithin, ...rest }: Registry): unknown {
  const maps: readonly ReadonlyMap<string, unknown>[] = [
    roots,
    repos,
    repoIdByPath,
    reposWithin,
  ].map((map) => new Map<string, unknown>(map));
  return [rest, ...maps];
}

test.each(Object.keys(histories))('a registry %s is the same after it was saved', (name) => {
  const saved = (histories[name] ?? []).reduce(evolve, initialRegistry);
  const again = registryStateCodec.decode(registryStateCodec.encode(saved));
  expect(contents(again)).toEqual(contents(saved));
});
