// Histories as the old system wrote them, one command after the other, left off anywhere: both
// daemons bring each to the same end as one that ran in batches.
import { NoVC, type Direction, type Status } from '@permafrost/events';
import { describe, expect, it, test } from 'vitest';
import { registry } from '../registry/aggregate.ts';
import { repo } from '../repo/repo.ts';
import { failureCode } from '../storage/status-code.ts';
import { storageWorkflow, type WorkflowCommand } from '../storage-workflow/storage-workflow.ts';
import { failing } from '../testing/effects.ts';
import { author, exreg, idOf, repoInit } from '../testing/names.ts';
import { SmallWorld } from '../testing/small-world.ts';
import { FilesFault } from '../ports/files.ts';
import { workflowIndex } from '../workflow-index/workflow-index.ts';
import { beginFiles, fail, settle } from './advance-workflow.ts';
import { collectGarbage } from './collect-garbage.ts';

const workflowId = idOf('workflow');

type LegacyStep = (world: SmallWorld) => Promise<unknown>;

/** The single steps in the order of spec/behaviour.md 13; a code other than 0 is the way of failure. */
function legacySteps(
  direction: Direction,
  status: Status,
): readonly (readonly [string, LegacyStep])[] {
  const move = { direction, workflowId };
  const tell =
    (command: WorkflowCommand): LegacyStep =>
    ({ engine }) =>
      engine.tell(storageWorkflow, workflowId, NoVC, command);
  const isFailure = status.code !== 0;
  const start = (world: SmallWorld) => ({
    registryId: exreg,
    registryName: 'exreg',
    repoId: world.repoId,
    repoGlobalPath: repoInit.globalPath,
    author,
  });
  return [
    ['workflow started', (world) => tell({ type: 'Init', direction, start: start(world) })(world)],
    [
      'indexed',
      async ({ engine, indexId }) => {
        const { state } = await engine.find(storageWorkflow, workflowId);
        const startedEventId = state.status === 'uninitialized' ? undefined : state.startedEventId;
        if (!startedEventId) throw new Error('not started');
        const entry = { direction, workflowId, startedEventId, globalPath: repoInit.globalPath };
        await engine.tell(workflowIndex, indexId, NoVC, { type: 'BeginWorkflow', entry });
      },
    ],
    [
      'registry begun',
      ({ engine, repoId }) =>
        engine.tell(registry, exreg, NoVC, { type: 'BeginStorage', repoId, ...move }),
    ],
    [
      'repo begun',
      ({ engine, repoId }) => engine.tell(repo, repoId, NoVC, { type: 'BeginStorage', ...move }),
    ],
    ['files begun', tell({ type: 'BeginFiles' })],
    [
      'files ended',
      async (world) => {
        if (isFailure) return tell({ type: 'AbortFiles', status })(world);
        world.disk.setImmutable(repoInit.hostPath, direction === 'freeze');
        world.disk.setImmutable(`${repoInit.hostPath}/a`, direction === 'freeze');
        return tell({ type: 'CommitFiles' })(world);
      },
    ],
    [
      'repo ended',
      ({ engine, repoId }) =>
        engine.tell(
          repo,
          repoId,
          NoVC,
          isFailure
            ? { type: 'AbortStorage', ...move, status }
            : { type: 'CommitStorage', ...move },
        ),
    ],
    [
      'registry ended',
      ({ engine, repoId }) =>
        engine.tell(
          registry,
          exreg,
          NoVC,
          isFailure
            ? { type: 'AbortStorage', repoId, ...move, statusCode: status.code }
            : { type: 'CommitStorage', repoId, ...move },
        ),
    ],
    ['workflow ended', tell(isFailure ? { type: 'Abort', status } : { type: 'Commit' })],
    [
      'out of the index',
      async ({ engine, indexId }) => {
        const { vid: completedEventId } = await engine.find(storageWorkflow, workflowId);
        await engine.tell(workflowIndex, indexId, NoVC, {
          type: 'CommitWorkflow',
          workflowId,
          completedEventId,
        });
      },
    ],
    ['terminated', tell({ type: 'End' })],
  ];
}

async function worldBefore(direction: Direction): Promise<SmallWorld> {
  const world = await SmallWorld.ready();
  if (direction === 'unfreeze') {
    await world.begin('freeze', { workflowId: idOf('freeze before') });
    await world.run();
  }
  return world;
}

async function endOf(world: SmallWorld): Promise<object> {
  const index = (await world.engine.find(workflowIndex, world.indexId)).state;
  const workflow = await world.workflow();
  const { storage, error } = await world.repo();
  return {
    status: workflow.status,
    outcome: workflow.status === 'uninitialized' ? undefined : workflow.outcome,
    storage,
    error,
    listed: (await world.listed())?.storage,
    flags: world.disk.flagsWithin(repoInit.hostPath),
    isActive: index.active.has(workflowId),
    isCompleted: index.completed.has(workflowId),
    events: (await world.journal.read(workflowId)).length,
  };
}

const good = { code: 0, message: '' };
const names = legacySteps('freeze', good).map(([name], i) => [i + 1, name] as const);

describe.each(['freeze', 'unfreeze'] as const)('%s', (direction) => {
  const done = direction === 'freeze' ? 'frozen' : 'online';
  const bad = { code: failureCode(direction, 'files'), message: 'disk trouble' };

  it.each(names)('left off after step %i, %s, is finished', async (count) => {
    const world = await worldBefore(direction);
    for (const [, step] of legacySteps(direction, good).slice(0, count)) await step(world);
    await world.run();
    expect(await endOf(world)).toEqual({
      status: 'terminated',
      outcome: good,
      storage: { tier: done, workflowId },
      listed: { tier: done, workflowId },
      error: '',
      flags: direction === 'freeze' ? 'all' : 'none',
      isActive: false,
      isCompleted: true,
      events: 5,
    });
  });

  it.each(names.slice(5))(
    'failed, and left off after step %i, %s, is finished as failed',
    async (count) => {
      const world = await worldBefore(direction);
      for (const [, step] of legacySteps(direction, bad).slice(0, count)) await step(world);
      await world.run();
      expect(await endOf(world)).toMatchObject({
        status: 'terminated',
        outcome: bad,
        storage: { tier: `${direction}-failed`, workflowId },
        listed: { tier: `${direction}-failed`, workflowId },
        error: `${direction} failed: disk trouble`,
        isActive: false,
        isCompleted: true,
        events: 5,
      });
    },
  );

  test('in batches ends the same, and either way can go next (gap 16)', async () => {
    const world = await worldBefore(direction);
    const fault = new FilesFault('FILES_READ_ONLY', 'read-only', { retry: 'never' });
    const effect = direction === 'freeze' ? 'stad:set-immutable' : 'stad:clear-immutable';
    world.onEffect = failing(effect, fault);
    await world.begin(direction);
    await world.run();
    expect(await endOf(world)).toMatchObject({
      status: 'terminated',
      outcome: { code: bad.code, message: 'read-only' },
      listed: { tier: `${direction}-failed` },
      error: `${direction} failed: read-only`,
    });
    for (const [next, tier] of [
      ['unfreeze', 'online'],
      ['freeze', 'frozen'],
    ] as const) {
      await world.begin(next, { workflowId: idOf(`then ${next}`) });
      await world.run();
      expect(await world.repo()).toMatchObject({ error: '', storage: { tier } });
    }
  });
});

describe('a workflow that cannot have the repo fails with the cause, and leaves the repo alone (gaps 4, 15)', () => {
  it.each<[string, number, string, LegacyStep]>([
    [
      'registry',
      103,
      'not a leaf repo',
      ({ engine }) =>
        engine.tell(registry, exreg, NoVC, {
          type: 'InitRepo',
          repoId: idOf('inner'),
          globalPath: `${repoInit.globalPath}/inner`,
          creator: author,
        }),
    ],
    [
      'repo',
      104,
      'repo has stored error',
      ({ engine, repoId }) =>
        engine.tell(repo, repoId, NoVC, { type: 'SetError', message: 'trouble' }),
    ],
  ])('because the %s says no', async (who, code, text, spoil) => {
    const world = await SmallWorld.ready();
    await world.begin('freeze');
    await spoil(world);
    await world.run();
    expect(await endOf(world)).toMatchObject({
      status: 'terminated',
      outcome: { code, message: `${who} refused: ${text}` },
      storage: who === 'registry' ? { tier: 'online' } : {},
      flags: 'none',
      isCompleted: true,
    });
  });
});

describe('a history that lacks steps in its middle comes to its end', () => {
  const held = ['registry begun', 'repo begun', 'repo ended', 'registry ended'];

  it.each<[string, string, readonly string[], Status]>([
    [
      'as failed, where the repo was never taken in hand and the files are done',
      'files ended',
      held,
      { code: 101, message: 'commit refused: workflow conflict' },
    ],
    ['as it was told, where the end was told already', 'workflow ended', held, good],
    ['out of the index, where all but that was done', 'terminated', ['out of the index'], good],
  ])('%s', async (_, last, missing, outcome) => {
    const world = await SmallWorld.ready();
    for (const [name, step] of legacySteps('freeze', good)) {
      if (!missing.includes(name)) await step(world);
      if (name === last) break;
    }
    await world.run();
    expect(await endOf(world)).toMatchObject({
      status: 'terminated',
      outcome,
      storage: { tier: missing === held ? 'online' : 'frozen' },
      listed: { tier: missing === held ? 'online' : 'frozen' },
      isActive: false,
      isCompleted: true,
    });
  });
});

describe('a batch that somebody else has made unnecessary changes nothing', () => {
  it.each([
    ['beginning the files', beginFiles, ['nothing', 'files begun', 'files ended', 'terminated']],
    ['settling', settle, ['nothing', 'workflow started', 'files begun', 'terminated']],
  ] as const)('%s', async (_, batch, ends) => {
    for (const end of ends) {
      const world = await SmallWorld.ready();
      const count = names.findLast(([, name]) => name === end)?.[0] ?? 0;
      for (const [, step] of legacySteps('freeze', good).slice(0, count)) await step(world);
      const before = await world.journal.end();
      await world.engine.transact((tx) => batch(tx, workflowId));
      expect(await world.journal.end(), end).toBe(before);
    }
  });

  it.each([
    ['nothing', 'WORKFLOW_IN_OTHER_STATE'],
    ['files begun', 'WORKFLOW_IN_OTHER_STATE'],
    ['workflow ended', 'WORKFLOW_IN_OTHER_STATE'],
    ['terminated', 'WORKFLOW_TERMINATED'],
  ])('failing, after %s, which is refused', async (end, refusal) => {
    const world = await SmallWorld.ready();
    const count = names.findLast(([, name]) => name === end)?.[0] ?? 0;
    for (const [, step] of legacySteps('freeze', good).slice(0, count)) await step(world);
    const before = await world.journal.end();
    const failing = world.engine.transact((tx) =>
      fail(tx, workflowId, { code: 101, message: 'no more' }),
    );
    await expect(failing).rejects.toMatchObject({ refusal });
    expect(await world.journal.end()).toBe(before);
  });
});

test('start versions are checked when a workflow begins, and not again (gap 2)', async () => {
  const world = await SmallWorld.ready();
  const registryVid = (await world.engine.find(registry, exreg)).vid;
  await world.begin('freeze', { registryVid });
  const root = { globalRoot: '/else', host: 'fs2', hostRoot: '/else', gitlabNamespace: '' };
  await world.engine.tell(registry, exreg, NoVC, { type: 'InitRoot', root });
  await world.run();
  expect(await world.repo()).toMatchObject({ storage: { tier: 'frozen' } });
});

describe('collectGarbage', () => {
  const MINUTE = 60_000;

  test('deletes what completed long enough ago, with its history, and nothing else', async () => {
    const world = await SmallWorld.ready();
    await world.begin('freeze');
    await world.run();
    await world.clock.advance(10 * MINUTE);
    await world.begin('unfreeze', { workflowId: idOf('young') });
    await world.run();
    await world.begin('freeze', { workflowId: idOf('active') });
    const collect = () =>
      collectGarbage(world.engine, { olderThanMs: 5 * MINUTE, nowMs: world.clock.nowMs() });
    expect(await collect()).toEqual([workflowId]);
    expect(await collect()).toEqual([]);
    expect((await world.journal.head(workflowId))?.deleted).toBe(true);
    const { state } = await world.engine.find(workflowIndex, world.indexId);
    expect([...state.completed.keys()]).toEqual([idOf('young')]);
    expect([...state.active.keys()]).toEqual([idOf('active')]);
  });

  test('leaves to regd what has not terminated', async () => {
    const world = await SmallWorld.ready();
    for (const [, step] of legacySteps('freeze', good).slice(0, -1)) await step(world);
    await world.clock.advance(10 * MINUTE);
    const limits = { olderThanMs: MINUTE, nowMs: world.clock.nowMs() };
    expect(await collectGarbage(world.engine, limits)).toEqual([]);
    await world.run();
    expect(await collectGarbage(world.engine, limits)).toEqual([workflowId]);
  });

  test('stops when it is told to', async () => {
    const world = await SmallWorld.ready();
    await world.begin('freeze');
    await world.run();
    const signal = AbortSignal.abort();
    const limits = { olderThanMs: 0, nowMs: world.clock.nowMs(), signal };
    expect(await collectGarbage(world.engine, limits)).toEqual([]);
  });
});
