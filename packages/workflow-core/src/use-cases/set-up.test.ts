// The steps by which regd sets up registries and repos; that they are taken at all, and in which order,
// is told by the tests of the daemons.
import { mainId, NoVC, registryId, type Root } from '@permafrost/events';
import { beforeEach, expect, it, test } from 'vitest';
import { main } from '../main/main.ts';
import { registry } from '../registry/aggregate.ts';
import { repo } from '../repo/repo.ts';
import { author, exreg, idOf, repoInit, root } from '../testing/names.ts';
import { SmallWorld } from '../testing/small-world.ts';
import { initRepo } from './init-repo.ts';
import { confirmRegistry, setUpRepo } from './set-up.ts';

let world: SmallWorld;

beforeEach(async () => {
  world = new SmallWorld();
  await world.prepare();
});

const appendedBy = async (work: () => Promise<unknown>): Promise<number> => {
  const before = await world.journal.end();
  await work();
  return (await world.journal.readAll(before, 100)).length;
};

test('an accepted registry gets its history, and is confirmed, once', async () => {
  const { engine } = world;
  await engine.tell(main, mainId, NoVC, { type: 'AcceptRegistry', name: 'later' });
  expect(await appendedBy(() => confirmRegistry(engine, 'later'))).toBe(2);
  expect((await engine.find(registry, registryId('later'))).state.name).toBe('later');
  expect((await engine.find(main, mainId)).state.registries).toContainEqual({
    name: 'later',
    confirmed: true,
  });
  expect(await appendedBy(() => confirmRegistry(engine, 'later'))).toBe(0);
});

test('an accepted repo is confirmed only once stad has made its shadow repo, by the event of its start', async () => {
  const { engine, repoId } = world;
  const setUp = () => setUpRepo(engine, { repoId, registryId: exreg });
  await setUp();
  expect(await world.repo()).toMatchObject({ init: repoInit });
  expect(await appendedBy(setUp)).toBe(0);
  expect(await world.listed()).toMatchObject({ confirmed: false });
  await engine.tell(repo, repoId, NoVC, { type: 'ConfirmShadow', shadowPath: '/shadow' });
  // The repo's own event names no registry: the repo knows it.
  const before = await world.journal.end();
  await setUpRepo(engine, { repoId });
  const [confirmation] = await world.journal.readAll(before, 1);
  if (!confirmation) throw new Error('not confirmed');
  expect(registry.codec.decode(confirmation.body).event).toEqual({
    type: 'RepoAdded',
    repoId,
    globalPath: repoInit.globalPath,
    repoEventId: (await world.repo()).initEventId,
  });
  expect(await appendedBy(setUp)).toBe(0);
});

it.each([
  ['nobody knows', { repoId: idOf('nobody') }],
  ['the registry does not list', { repoId: idOf('nobody'), registryId: exreg }],
])('a repo that %s is left alone', async (_, task) => {
  expect(await appendedBy(() => setUpRepo(world.engine, task))).toBe(0);
});

it.each([
  ['', '', ''],
  ['git.example.org/group/data', 'git.example.org', `group/data/${idOf('published')}`],
])(
  "a root with the GitLab namespace '%s' says where a repo is published",
  async (gitlabNamespace, gitlabHost, gitlabPath) => {
    const { engine } = world;
    const repoId = idOf('published');
    const inner: Root = {
      ...root,
      globalRoot: '/example/lab',
      hostRoot: '/srv/lab',
      gitlabNamespace,
    };
    await engine.tell(registry, exreg, NoVC, { type: 'InitRoot', root: inner });
    const globalPath = '/example/lab/a/run';
    await initRepo(engine, { registry: 'exreg', repoId, globalPath, creator: author });
    await setUpRepo(engine, { repoId, registryId: exreg });
    expect((await engine.find(repo, repoId)).state.init).toEqual({
      ...repoInit,
      globalPath,
      hostPath: '/srv/lab/a/run',
      gitlabHost,
      gitlabPath,
    });
  },
);
