// Both daemons' parts in a ping of all servers, over a journal in memory and by a clock of our own.
import { Engine, randomUuid, ulidSource, ulidTimeMs, type Presence } from '@permafrost/events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findPing } from '../ping-registry/find.ts';
import type { BegunPing } from '../ping-registry/ping-registry.ts';
import { storageWorkflow } from '../storage-workflow/storage-workflow.ts';
import { settled } from '../testing/agenda.ts';
import { besideUnreadable } from '../testing/beside-unreadable.ts';
import { exreg, idOf } from '../testing/names.ts';
import { silentLog } from '../testing/silent-log.ts';
import { SmallWorld } from '../testing/small-world.ts';
import { collectGarbage } from '../use-cases/collect-garbage.ts';
import { beginPing, commitPing } from '../use-cases/ping-registry.ts';
import { workflowIndex } from '../workflow-index/workflow-index.ts';
import { PingLoop, regdPings, stadPings } from './ping-loop.ts';
import { RegdLoop } from './regd-loop.ts';
import { Runner } from './runner.ts';
import { together } from './together.ts';

const DAY_MS = 86_400_000;
const workflowId = idOf('ping');

let world: SmallWorld;
let stopping: AbortController;
const running: Promise<void>[] = [];

beforeEach(async () => {
  world = new SmallWorld();
  stopping = new AbortController();
  await world.prepare();
});
afterEach(async () => {
  stopping.abort();
  await Promise.all(running.splice(0));
});

function run(texts: readonly string[], isRegd = false): void {
  const { clock, journal } = world;
  // Each daemon has its own, as in life.
  const engine = new Engine({ journal, nextId: ulidSource(() => clock.nowMs()) });
  const log = silentLog;
  const pings = new PingLoop({ engine, clock, texts, ...(isRegd && { board: journal }) });
  const loop = together(clock, ...(isRegd ? [new RegdLoop({ engine })] : []), pings);
  const runner = new Runner({ engine, loop, clock, random: () => 0, log });
  running.push(runner.run(stopping.signal));
}

async function announce(host: string, daemon: Presence['daemon'] = 'stad'): Promise<void> {
  const nowMs = world.clock.nowMs();
  const who: Presence = {
    instance: randomUuid(),
    daemon,
    host,
    pid: 1,
    version: '0',
    sinceMs: nowMs,
    heartbeatMs: nowMs,
  };
  await world.journal.announce(who);
}

async function pass(ms: number): Promise<void> {
  await settled();
  await world.clock.advance(ms);
  await settled();
}

async function found(): Promise<BegunPing> {
  const ping = await findPing(world.engine, workflowId);
  if (!ping) throw new Error('no such ping');
  return ping;
}

const begin = () => beginPing(world.engine, { registry: 'exreg', workflowId });

test('regd and each stad answer three times, and regd sums up after ten seconds', async () => {
  await announce('files1');
  run(regdPings, true);
  run(stadPings('files1'));
  await begin();
  await pass(9_900);
  expect((await found()).status).toBe('appending');
  await pass(200);
  const { status, pings, summary } = await found();
  expect(status).toBe('summarized');
  expect(pings.map(({ message }) => message).toSorted()).toEqual([
    'nogfsoregd ping 1',
    'nogfsoregd ping 2',
    'nogfsoregd ping 3',
    'nogfsostad ping on files1',
    'nogfsostad ping on files1',
    'nogfsostad ping on files1',
  ]);
  expect(summary).toMatchObject({ code: 0, message: '{ totalCount: 6, errorCount: 0 }' });
});

test('a stad that was announced and does not answer is an error', async () => {
  await announce('files1');
  await announce('files2');
  await announce('files3', 'regd');
  run(regdPings, true);
  run(stadPings('files1'));
  await begin();
  await pass(10_100);
  const { pings, summary } = await found();
  expect(pings.at(-1)).toMatchObject({ code: 1, message: 'nogfsostad ping on files2: no answer' });
  expect(summary).toMatchObject({ code: 1, message: '{ totalCount: 7, errorCount: 1 }' });
});

test('of all that happens in a ping, only its beginning names it', async () => {
  run(stadPings('files1'));
  await begin();
  await pass(5_000);
  expect((await found()).pings).toHaveLength(3);
  const { engine, clock, journal } = world;
  const loop = new PingLoop({ engine, clock, texts: [] });
  const named = (await journal.readAll(0, 1000)).flatMap((event) => loop.concerns(event));
  expect(named.map((task) => loop.keyOf(task))).toEqual([`ping ${workflowId}`]);
});

test('a daemon that starts late, or again, says only what it has not said', async () => {
  await begin();
  run(stadPings('files1'));
  await pass(1_500);
  stopping.abort();
  await Promise.all(running.splice(0));
  stopping = new AbortController();
  run(stadPings('files1'));
  run(regdPings, true);
  await pass(10_100);
  expect((await found()).pings).toHaveLength(6);
});

describe('a ping that was summed up', () => {
  const end = () =>
    world.engine.transact((tx) => commitPing(tx, workflowId, { registry: 'exreg' }));
  const entry = async () =>
    (await world.engine.find(workflowIndex, world.indexId)).state.pings.get(workflowId);

  beforeEach(async () => {
    run(regdPings, true);
    await begin();
    await pass(10_100);
  });

  test('is ended by whoever asked, in one batch, and again without effect', async () => {
    await end();
    const { status, completedEventId } = await found();
    expect(status).toBe('terminated');
    expect(await entry()).toMatchObject({ workflowId, completedEventId });
    const { vid } = await world.engine.find(workflowIndex, world.indexId);
    await end();
    expect((await world.engine.find(workflowIndex, world.indexId)).vid).toBe(vid);
  });

  test('is asked for again with the same answer', async () => {
    const { startedEventId } = await found();
    expect(await begin()).toMatchObject({ workflowVid: startedEventId });
    await expect(
      beginPing(world.engine, { registry: 'exreg', workflowId: exreg }),
    ).rejects.toMatchObject({ refusal: 'WORKFLOW_ID_IN_USE' });
  });

  test('ends after a day by itself, and is deleted after five', async () => {
    const { startedEventId } = await found();
    const collect = (days: number) =>
      collectGarbage(world.engine, {
        olderThanMs: 30 * DAY_MS,
        nowMs: ulidTimeMs(startedEventId) + days * DAY_MS,
      });
    expect(await collect(0.9)).toEqual([]);
    expect((await found()).status).toBe('summarized');
    expect(await collect(1)).toEqual([]);
    expect((await found()).status).toBe('terminated');
    expect(await collect(6)).toEqual([workflowId]);
    expect(await entry()).toBeUndefined();
    expect(await world.journal.head(workflowId)).toMatchObject({ deleted: true });
  });

  test('is no freeze, however it is looked at', async () => {
    await expect(world.engine.find(storageWorkflow, workflowId)).rejects.toMatchObject({
      code: 'FOREIGN_WORKFLOW',
    });
    expect((await found()).status).toBe('summarized');
  });
});

test('a registry that cannot be read keeps nobody from the pings of the others', async () => {
  world = await besideUnreadable();
  await begin();
  const found: string[] = [];
  const naming = (async () => {
    const loop = new PingLoop({ engine: world.engine, clock: world.clock, texts: [] });
    for await (const task of loop.open()) found.push(task.workflowId);
  })();
  await expect(naming).rejects.toMatchObject({ code: 'EVENT_UNREADABLE' });
  expect(found).toEqual([workflowId]);
});
