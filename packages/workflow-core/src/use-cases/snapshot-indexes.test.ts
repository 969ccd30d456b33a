import { workflowIndexId } from '@permafrost/events';
import { expect, test, vi } from 'vitest';
import { eventId, idOf } from '../testing/names.ts';
import { SmallWorld } from '../testing/small-world.ts';
import { workflowIndex } from '../workflow-index/workflow-index.ts';
import { collectGarbage } from './collect-garbage.ts';
import { snapshotIndexes } from './snapshot-indexes.ts';

async function finish(world: SmallWorld, count: number): Promise<void> {
  const index = workflowIndexId('exreg');
  for (let i = 0; i < count; i++) {
    const workflowId = idOf(`old ${i}`);
    const entry = { direction: 'freeze', workflowId, startedEventId: eventId(i + 1) } as const;
    const globalPath = '/example/data';
    await world.engine.transact(async (tx) => {
      await tx.tell(workflowIndex, index, {
        type: 'BeginWorkflow',
        entry: { ...entry, globalPath },
      });
      const completedEventId = eventId(10_000 + i);
      await tx.tell(workflowIndex, index, { type: 'CommitWorkflow', workflowId, completedEventId });
    });
  }
}

test('a long index gets a snapshot once, and goes on working', async () => {
  const world = await SmallWorld.ready();
  expect(await snapshotIndexes(world.engine)).toEqual([]);
  await finish(world, 500);
  expect(await snapshotIndexes(world.engine, { signal: AbortSignal.abort() })).toEqual([]);
  expect(await snapshotIndexes(world.engine)).toEqual(['exreg']);
  expect(await snapshotIndexes(world.engine)).toEqual([]);

  await world.begin('freeze');
  await world.run();
  expect(await world.workflow()).toMatchObject({ status: 'terminated' });
  const { state } = await world.engine.find(workflowIndex, world.indexId);
  expect([state.active.size, state.completed.size]).toEqual([0, 501]);
});

test('workflows that a snapshot tells of can be deleted', async () => {
  const world = await SmallWorld.ready();
  await finish(world, 500);
  await snapshotIndexes(world.engine);
  const nowMs = 1e14;
  const commits = vi.spyOn(world.journal, 'commit');
  expect(await collectGarbage(world.engine, { olderThanMs: 0, nowMs })).toHaveLength(500);
  const { state } = await world.engine.find(workflowIndex, world.indexId);
  expect(state.completed.size).toBe(0);
  // Neither a sync to disk for each nor one that keeps all others waiting.
  expect(commits).toHaveBeenCalledTimes(10);
});
