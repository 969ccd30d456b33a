// Two roots, or two registries, may lead to one directory: it has one repo all the same.
import { mainId, NoVC, RefusedError, registryId, type Root } from '@permafrost/events';
import { beforeEach, expect, it } from 'vitest';
import { main } from '../main/main.ts';
import { registry } from '../registry/aggregate.ts';
import { author, exreg, idOf, repoInit, root } from '../testing/names.ts';
import { SmallWorld } from '../testing/small-world.ts';
import { initRepo } from './init-repo.ts';

// The world has one repo, at /srv/data/run on its host.
let world: SmallWorld;

beforeEach(async () => {
  world = new SmallWorld();
  await world.prepare();
});

async function addRoot(registryName: string, added: Partial<Root>): Promise<void> {
  const { engine } = world;
  const id = registryId(registryName);
  await engine.tell(main, mainId, NoVC, { type: 'AcceptRegistry', name: registryName });
  await engine.tell(registry, id, NoVC, { type: 'InitRegistry', name: registryName });
  await engine.tell(registry, id, NoVC, { type: 'InitRoot', root: { ...root, ...added } });
}

/** 'new', 'already', or what the refusal says. */
async function answerTo(registryName: string, globalPath: string): Promise<string> {
  const before = await world.journal.end();
  const request = { registry: registryName, repoId: idOf(globalPath), globalPath, creator: author };
  try {
    await initRepo(world.engine, request);
  } catch (error) {
    if (error instanceof RefusedError) return `${error.refusal}: ${error.detail ?? ''}`;
    throw error;
  }
  return (await world.journal.end()) > before ? 'new' : 'already';
}

const OVERLAPS = 'REPO_DIRECTORY_OVERLAPS_OTHER: /example/data/run of registry exreg';

const ways: readonly (readonly [string, Partial<Root>, string, string])[] = [
  ['has the directory', {}, '/again/run', OVERLAPS],
  ['holds it', {}, '/again/run/part', OVERLAPS],
  ['lies in it', { hostRoot: '/srv' }, '/again/data', OVERLAPS],
  ['lies in it, above the root', { hostRoot: '/' }, '/again/srv', OVERLAPS],
  ['has it as its root', { hostRoot: '/srv/data/run' }, '/again', OVERLAPS],
  ['is beside it', {}, '/again/run2', 'new'],
  ['has a directory of the name on another host', { host: 'files2' }, '/again/run', 'new'],
];

for (const name of ['exreg', 'other']) {
  it.each(ways)(`a repo that by another root of ${name} %s`, async (_, added, path, answer) => {
    await addRoot(name, { globalRoot: '/again', ...added });
    expect(await answerTo(name, path)).toBe(answer);
    if (answer === 'new') expect(await answerTo(name, path)).toBe('already');
  });
}

it('the same path in another registry is the same directory', async () => {
  await addRoot('other', {});
  expect(await answerTo('other', repoInit.globalPath)).toBe(OVERLAPS);
});

it('repos within each other are accepted, also where an inner root says what the outer one says', async () => {
  const inner = { globalRoot: '/example/data/run/lab', hostRoot: '/srv/data/run/lab' };
  await addRoot('exreg', inner);
  await world.run();
  expect(await answerTo('exreg', '/example/data/run/a')).toBe('new');
  expect(await answerTo('exreg', '/example/data/run/lab/b')).toBe('new');
  await addRoot('exreg', { globalRoot: '/example', hostRoot: '/srv' });
  expect(await answerTo('exreg', '/example/data')).toBe('new');
});

it('what an inner root leads elsewhere is not in the way', async () => {
  await addRoot('exreg', { globalRoot: '/example/data/lab', hostRoot: '/srv/lab' });
  expect(await answerTo('exreg', '/example/data/lab/a')).toBe('new');
  await addRoot('other', { globalRoot: '/again' });
  expect(await answerTo('other', '/again/lab/a')).toBe('new');
});

it('a journal that has two repos of one directory goes on with both', async () => {
  await addRoot('other', {});
  const { globalPath } = repoInit;
  const repoId = idOf(globalPath);
  const init = { type: 'InitRepo', repoId, globalPath, creator: author } as const;
  await world.engine.tell(registry, registryId('other'), NoVC, init);
  expect(await answerTo('other', globalPath)).toBe('already');
  await world.run();
  const { state } = await world.engine.find(registry, registryId('other'));
  expect(state.repos.get(repoId)).toMatchObject({ confirmed: true });
  const { state: first } = await world.engine.find(registry, exreg);
  expect(first.repos.get(world.repoId)).toMatchObject({ confirmed: true });
});
