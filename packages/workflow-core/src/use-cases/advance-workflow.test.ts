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

test('a workflow that cannot have the repo fails with the cause, and leaves the repo alone (gaps 4, 15)', async () => {
  const world = await SmallWorld.ready();
  await world.begin('freeze');
  await world.engine.tell(repo, world.repoId, NoVC, { type: 'SetError', message: 'trouble' });
  await world.run();
  expect(await endOf(world)).toMatchObject({
    status: 'terminated',
    outcome: { code: 104, message: 'repo refused: repo has stored error' },
    isCompleted: true,
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
