import {
  broadcastId,
  JournalUnavailableError,
  mainId,
  nilUlid,
  nilUuid,
  NoVC,
  RefusedError,
  registryId,
  VersionConflictError,
  workflowIndexId,
  type Direction,
  type Uuid,
} from '@permafrost/events';
import { beforeEach, describe, expect, it, test } from 'vitest';
import { main } from '../main/main.ts';
import { registry } from '../registry/aggregate.ts';
import { repo } from '../repo/repo.ts';
import { author, eventId, exreg, idOf, repoInit } from '../testing/names.ts';
import { SmallWorld } from '../testing/small-world.ts';
import { workflowIndex } from '../workflow-index/workflow-index.ts';
import { tryToBegin, type BeginRequest } from './begin-workflow.ts';
import { collectGarbage } from './collect-garbage.ts';
import { initRepo } from './init-repo.ts';

let world: SmallWorld;

beforeEach(async () => {
  world = await SmallWorld.ready();
});

const outcomeOf = async (begun: Promise<unknown>): Promise<string> => {
  try {
    await begun;
    return 'begun';
  } catch (error) {
    if (error instanceof RefusedError) return `${String(error.refusal)} ${error.kind}`;
    if (error instanceof VersionConflictError) return `${error.code} ${error.kind}`;
    throw error;
  }
};

test('begins workflow and index in one batch, and answers with all versions', async () => {
  const { journal, engine } = world;
  const [registryVid, repoVid] = [
    (await engine.find(registry, exreg)).vid,
    (await engine.find(repo, world.repoId)).vid,
  ];
  const before = await journal.end();
  const reply = await world.begin('freeze', { registryVid, repoVid });
  const events = await journal.readAll(before, 10);
  expect(events.map(({ kind }) => kind)).toEqual(['workflow', 'index']);
  expect(reply).toEqual({
    registryVid,
    repoVid,
    workflowVid: events[0]?.id,
    indexVid: events[1]?.id,
  });
});

/** spec/behaviour.md 10.1: with several things wrong, the first in this order is the answer. */
describe('refusals come in the documented order', () => {
  const wrongs: readonly (readonly [string, Partial<BeginRequest>])[] = [
    ['REGISTRY_NOT_INITIALIZED registry', { registry: 'nowhere' }],
    ['REPO_UNKNOWN registry', { repoId: idOf('nobody') }],
    ['WORKFLOW_ID_MALFORMED workflow', { workflowId: nilUuid }],
    // Gap 7: an empty author ended the server.
    ['AUTHOR_MISSING workflow', { author: { name: ' ', email: '' } }],
    ['WORKFLOW_ID_IN_USE workflow', { workflowId: mainId }],
    ['VERSION_CONFLICT registry', { registryVid: nilUlid }],
    ['VERSION_CONFLICT repo', { repoVid: eventId(1) }],
    ['REPO_IN_OTHER_TIER registry', { direction: 'unfreeze' }],
  ];

  it.each(wrongs.map(([refusal], i) => [refusal, i] as const))('%s', async (refusal, i) => {
    const [, wrong] = wrongs[i] ?? ['', {}];
    const before = await world.journal.end();
    expect(await outcomeOf(world.begin('freeze', wrong))).toBe(refusal);
    // What is wrong later in the order does not matter.
    const later = Object.assign(
      {},
      ...wrongs
        .slice(i)
        .map(([, each]) => each)
        .reverse(),
    ) as Partial<BeginRequest>;
    expect(await outcomeOf(world.begin('freeze', later))).toBe(refusal);
    expect(await world.journal.end()).toBe(before);
  });

  it.each([
    ['', author.email],
    [' ', author.email],
    [author.name, ''],
    [author.name, ' '],
  ])("an author '%s' with the address '%s'", async (name, email) => {
    expect(await outcomeOf(world.begin('freeze', { author: { name, email } }))).toBe(
      'AUTHOR_MISSING workflow',
    );
  });

  test('a repo that says itself that it is in another tier than the registry says', async () => {
    await world.engine.tell(repo, world.repoId, NoVC, {
      type: 'BeginStorage',
      direction: 'freeze',
      workflowId: idOf('by hand'),
    });
    expect(await outcomeOf(world.begin('freeze'))).toBe('REPO_IN_OTHER_TIER repo');
  });

  test('a journal that fails is not taken for an id in use', async () => {
    const trouble = new JournalUnavailableError('locked');
    const head = world.journal.head.bind(world.journal);
    world.journal.head = (history) =>
      history === idOf('workflow') ? Promise.reject(trouble) : head(history);
    await expect(world.begin('freeze')).rejects.toBe(trouble);
  });

  test('a repo that is not set up, and one with a stored error', async () => {
    const fresh = new SmallWorld();
    await fresh.prepare();
    expect(await outcomeOf(fresh.begin('freeze'))).toBe('REPO_NOT_INITIALIZED repo');
    await world.engine.tell(repo, world.repoId, NoVC, { type: 'SetError', message: 'trouble' });
    expect(await outcomeOf(world.begin('freeze'))).toBe('REPO_HAS_STORED_ERROR repo');
  });

  test('a repo with others below it cannot be frozen', async () => {
    const creator = author;
    const globalPath = '/example/data/run/inner';
    await world.engine.tell(registry, exreg, NoVC, {
      type: 'InitRepo',
      repoId: idOf('inner'),
      globalPath,
      creator,
    });
    expect(await outcomeOf(world.begin('freeze'))).toBe('REPO_HAS_CHILD_REPOS registry');
  });
});

describe('an id that means something else cannot name a workflow or a repo (gaps 25, 98)', () => {
  it.each([
    ['main', mainId],
    ['the broadcast channel', broadcastId],
    ['a registry', registryId('exreg')],
    ['a registry that has not begun', registryId('later')],
    ['an index', workflowIndexId('exreg')],
    ['a repo', idOf('repo')],
    ['a repo that has not begun', idOf('fresh')],
  ])('%s', async (_, id) => {
    const { engine } = world;
    const at = (repoId: Uuid, globalPath: string): Promise<unknown> =>
      initRepo(engine, { registry: 'exreg', repoId, globalPath, creator: author });
    await engine.tell(main, mainId, NoVC, { type: 'AcceptRegistry', name: 'later' });
    await at(idOf('fresh'), '/example/data/fresh');
    expect(await outcomeOf(world.begin('freeze', { workflowId: id }))).toBe(
      'WORKFLOW_ID_IN_USE workflow',
    );
    expect(await outcomeOf(at(id, '/example/data/new'))).toBe('REPO_ID_IN_USE registry');
    // Who lost the reply asks again, and is answered the same.
    await at(idOf('fresh'), '/example/data/fresh');
  });

  test('an index that has no events yet', async () => {
    const fresh = await SmallWorld.ready();
    expect((await fresh.engine.find(workflowIndex, fresh.indexId)).vid).toBe(nilUlid);
    expect(await outcomeOf(fresh.begin('freeze', { workflowId: fresh.indexId }))).toBe(
      'WORKFLOW_ID_IN_USE workflow',
    );
  });

  test('a workflow that was deleted', async () => {
    await world.begin('freeze');
    await world.run();
    await collectGarbage(world.engine, { olderThanMs: 0, nowMs: world.clock.nowMs() });
    expect(await outcomeOf(world.begin('unfreeze'))).toBe('WORKFLOW_ID_IN_USE workflow');
  });
});

describe('a repeated request (gap 24)', () => {
  test('is answered the same while the workflow runs, and after it has ended', async () => {
    const registryVid = (await world.engine.find(registry, exreg)).vid;
    const first = await world.begin('freeze', { registryVid });
    expect(await world.begin('freeze', { registryVid })).toEqual(first);
    await world.run();
    expect((await world.workflow()).status).toBe('terminated');
    const end = await world.journal.end();
    expect(await world.begin('freeze', { registryVid })).toEqual(first);
    await world.begin('unfreeze', { workflowId: idOf('next') });
    await world.run();
    expect(await world.begin('freeze', { registryVid })).toEqual(first);
    expect(await world.journal.end()).toBeGreaterThan(end);
  });

  it.each<[string, Partial<BeginRequest>]>([
    ['author', { author: { name: 'B', email: 'b@example.org' } }],
    ['direction', { direction: 'unfreeze' }],
    ['version of the repo', { repoVid: eventId(5) }],
    ['version of the registry', { registryVid: eventId(5) }],
    ['policy', { policy: { ifBusy: 'force' } }],
  ])('with another %s is refused', async (_, change) => {
    await world.begin('freeze');
    expect(await outcomeOf(world.begin('freeze', change))).toBe(
      'WORKFLOW_EXISTS_WITH_OTHER_ARGUMENTS workflow',
    );
  });
});

describe('a repair', () => {
  const lost = '/srv/data/run/a';

  test.each(['freeze', 'unfreeze'] as const)(
    'a %s begins again from its own end',
    async (direction) => {
      await world.begin('freeze');
      await world.run();
      if (direction === 'unfreeze') await world.begin('unfreeze', { workflowId: idOf('thaw') });
      await world.run();
      const tier = direction === 'freeze' ? 'frozen' : 'online';
      expect(await world.repo()).toMatchObject({ storage: { tier } });
      // Behind the back of everybody.
      world.disk.setImmutable(lost, direction === 'unfreeze');
      const workflowId = idOf('repair');
      expect(await outcomeOf(world.begin(direction, { workflowId }))).toBe(
        'REPO_IN_OTHER_TIER registry',
      );
      await world.begin(direction, { workflowId, repair: true });
      await world.run();
      expect(await world.workflow(workflowId)).toMatchObject({
        status: 'terminated',
        outcome: { code: 0 },
        start: { repair: true, author },
      });
      expect(await world.repo()).toMatchObject({ storage: { tier, workflowId } });
      expect(await world.listed()).toMatchObject({ storage: { tier, workflowId } });
      expect(world.disk.get(lost)?.immutable).toBe(direction === 'freeze');
    },
  );

  test('repeats like any request, and only as a repair', async () => {
    await world.begin('freeze');
    await world.run();
    const workflowId = idOf('repair');
    const first = await world.begin('freeze', { workflowId, repair: true });
    await world.run();
    expect(await world.begin('freeze', { workflowId, repair: true })).toEqual(first);
    expect(await outcomeOf(world.begin('freeze', { workflowId }))).toBe(
      'WORKFLOW_EXISTS_WITH_OTHER_ARGUMENTS workflow',
    );
  });

  test('of a repo that is being frozen waits its turn', async () => {
    await world.begin('freeze');
    const repair = world.begin('freeze', { workflowId: idOf('repair'), repair: true });
    expect(await outcomeOf(repair)).toBe('REPO_HELD_BY_OTHER_WORKFLOW index');
  });
});

test('what is to happen to files in use is written down for stad', async () => {
  await world.begin('freeze', { policy: { ifBusy: 'wait' } });
  expect(await world.workflow()).toMatchObject({ start: { policy: { ifBusy: 'wait' } } });
});

test('a workflow on one repo keeps nobody from another', async () => {
  const repoId = idOf('other');
  const globalPath = '/example/data/other';
  world.disk.write('/srv/data/other/a');
  await initRepo(world.engine, { registry: 'exreg', repoId, globalPath, creator: author });
  await world.run();
  await world.begin('freeze');
  expect(await outcomeOf(world.begin('freeze', { repoId, workflowId: idOf('at once') }))).toBe(
    'begun',
  );
});

test('a dry run is told the same, and nothing begins', async () => {
  const { engine, repoId, journal } = world;
  const place = { registry: 'exreg', globalPath: repoInit.globalPath, repoId };
  const attempt = (direction: Direction) => outcomeOf(tryToBegin(engine, { ...place, direction }));
  const before = await journal.end();
  expect(await attempt('freeze')).toBe('begun');
  expect(await attempt('unfreeze')).toBe('REPO_IN_OTHER_TIER registry');
  expect(await journal.end()).toBe(before);
  await world.begin('freeze');
  expect(await attempt('freeze')).toBe('REPO_HELD_BY_OTHER_WORKFLOW index');
});

test('of two clients at once one wins, and the other is told', async () => {
  const outcomes = await Promise.all(
    ['one', 'two'].map((name) => outcomeOf(world.begin('freeze', { workflowId: idOf(name) }))),
  );
  expect(outcomes.sort()).toEqual(['REPO_HELD_BY_OTHER_WORKFLOW index', 'begun']);
  await world.run();
  expect(await world.repo()).toMatchObject({ storage: { tier: 'frozen' } });
});
