import {
  broadcastId,
  mainId,
  nilUlid,
  nilUuid,
  NoVC,
  RefusedError,
  registryId,
  VersionConflictError,
  workflowIndexId,
} from '@permafrost/events';
import { beforeEach, describe, expect, it, test } from 'vitest';
import { registry } from '../registry/aggregate.ts';
import { repo } from '../repo/repo.ts';
import { author, eventId, exreg, idOf } from '../testing/names.ts';
import { SmallWorld } from '../testing/small-world.ts';
import { workflowIndex } from '../workflow-index/workflow-index.ts';
import type { BeginRequest } from './begin-workflow.ts';
import { collectGarbage } from './collect-garbage.ts';

let world: SmallWorld;

beforeEach(async () => {
  world = await SmallWorld.ready();
});

const outcomeOf = async (begun: Promise<unknown>): Promise<string> => {
  try {
    await begun;
    return 'begun';
  } catch (error) {
    if (error instanceof RefusedError) return String(error.refusal);
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
    ['REGISTRY_NOT_INITIALIZED', { registry: 'nowhere' }],
    ['REPO_UNKNOWN', { repoId: idOf('nobody') }],
    ['WORKFLOW_ID_MALFORMED', { workflowId: nilUuid }],
    // Gap 7: an empty author ended the server.
    ['AUTHOR_MISSING', { author: { name: ' ', email: '' } }],
    ['WORKFLOW_ID_IN_USE', { workflowId: mainId }],
    ['VERSION_CONFLICT registry', { registryVid: nilUlid }],
    ['VERSION_CONFLICT repo', { repoVid: eventId(1) }],
    ['REPO_IN_OTHER_TIER', { direction: 'unfreeze' }],
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

  test('a repo that is not set up, and one with a stored error', async () => {
    const fresh = new SmallWorld();
    await fresh.prepare();
    expect(await outcomeOf(fresh.begin('freeze'))).toBe('REPO_NOT_INITIALIZED');
    await world.engine.tell(repo, world.repoId, NoVC, { type: 'SetError', message: 'trouble' });
    expect(await outcomeOf(world.begin('freeze'))).toBe('REPO_HAS_STORED_ERROR');
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
    expect(await outcomeOf(world.begin('freeze'))).toBe('REPO_HAS_CHILD_REPOS');
  });
});

describe('an id that means something else cannot name a workflow (gaps 25, 98)', () => {
  it.each([
    ['main', mainId],
    ['the broadcast channel', broadcastId],
    ['a registry', registryId('exreg')],
    ['an index', workflowIndexId('exreg')],
    ['a repo', idOf('repo')],
  ])('%s', async (_, workflowId) => {
    expect(await outcomeOf(world.begin('freeze', { workflowId }))).toBe('WORKFLOW_ID_IN_USE');
  });

  test('an index that has no events yet', async () => {
    const fresh = await SmallWorld.ready();
    expect((await fresh.engine.find(workflowIndex, fresh.indexId)).vid).toBe(nilUlid);
    expect(await outcomeOf(fresh.begin('freeze', { workflowId: fresh.indexId }))).toBe(
      'WORKFLOW_ID_IN_USE',
    );
  });

  test('a workflow that was deleted', async () => {
    await world.begin('freeze');
    await world.run();
    await collectGarbage(world.engine, { olderThanMs: 0, nowMs: world.clock.nowMs() });
    expect(await outcomeOf(world.begin('unfreeze'))).toBe('WORKFLOW_ID_IN_USE');
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
    ['version', { repoVid: eventId(5) }],
  ])('with another %s is refused', async (_, change) => {
    await world.begin('freeze');
    expect(await outcomeOf(world.begin('freeze', change))).toBe(
      'WORKFLOW_EXISTS_WITH_OTHER_ARGUMENTS',
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
      expect(await outcomeOf(world.begin(direction, { workflowId }))).toBe('REPO_IN_OTHER_TIER');
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
      'WORKFLOW_EXISTS_WITH_OTHER_ARGUMENTS',
    );
  });

  test('of a repo that is being frozen waits its turn', async () => {
    await world.begin('freeze');
    const repair = world.begin('freeze', { workflowId: idOf('repair'), repair: true });
    expect(await outcomeOf(repair)).toBe('REPO_HELD_BY_OTHER_WORKFLOW');
  });
});

test('of two clients at once one wins, and the other is told', async () => {
  const outcomes = await Promise.all(
    ['one', 'two'].map((name) => outcomeOf(world.begin('freeze', { workflowId: idOf(name) }))),
  );
  expect(outcomes.sort()).toEqual(['REPO_HELD_BY_OTHER_WORKFLOW', 'begun']);
  await world.run();
  expect(await world.repo()).toMatchObject({ storage: { tier: 'frozen' } });
});
