// What a ping of all servers needs in order to begin, and how it ends. What the daemons answer to it is
// told in daemon/ping-loop.test.ts.
import {
  mainId,
  nilUuid,
  RefusedError,
  ulidTimeMs,
  VersionConflictError,
  type Vid,
} from '@permafrost/events';
import { beforeEach, describe, expect, it, test } from 'vitest';
import { findPing } from '../ping-registry/find.ts';
import { pingRegistry } from '../ping-registry/ping-registry.ts';
import { registry } from '../registry/aggregate.ts';
import { eventId, exreg, idOf } from '../testing/names.ts';
import { SmallWorld } from '../testing/small-world.ts';
import { workflowIndex, type WorkflowIndex } from '../workflow-index/workflow-index.ts';
import { collectGarbage } from './collect-garbage.ts';
import { beginPing, commitPing, expirePing, type BeginPingRequest } from './ping-registry.ts';

const DAY_MS = 86_400_000;
const workflowId = idOf('ping');

let world: SmallWorld;

beforeEach(async () => {
  world = new SmallWorld();
  await world.prepare();
});

const begin = (change: Partial<BeginPingRequest> = {}) =>
  beginPing(world.engine, { registry: 'exreg', workflowId, ...change });

const end = (vid?: Vid) =>
  world.engine.transact((tx) =>
    commitPing(tx, workflowId, { registry: 'exreg', ...(vid && { vid }) }),
  );

const expire = () => world.engine.transact((tx) => expirePing(tx, workflowId, 'exreg'));

const sumUp = () =>
  world.engine.transact((tx) =>
    tx.tell(pingRegistry, workflowId, {
      type: 'PostSummary',
      status: { code: 0, message: 'all there' },
    }),
  );

const index = async (): Promise<WorkflowIndex> =>
  (await world.engine.find(workflowIndex, world.indexId)).state;

const refusalOf = async (asked: Promise<unknown>): Promise<string> => {
  try {
    await asked;
    return 'done';
  } catch (error) {
    if (error instanceof RefusedError) return `${error.kind}: ${String(error.refusal)}`;
    if (error instanceof VersionConflictError) return `${error.kind}: ${error.code}`;
    throw error;
  }
};

describe('a ping begins', () => {
  test('in one batch with its entry in the index, and answers with all versions', async () => {
    const registryVid = (await world.engine.find(registry, exreg)).vid;
    const before = await world.journal.end();
    const reply = await begin({ registryVid });
    const [started, indexed, ...others] = await world.journal.readAll(before, 10);
    expect(others).toEqual([]);
    expect(reply).toEqual({ registryVid, workflowVid: started?.id, indexVid: indexed?.id });
    expect((await index()).pings.has(workflowId)).toBe(true);
  });

  it.each<[string, Partial<BeginPingRequest>]>([
    ['registry: REGISTRY_NOT_INITIALIZED', { registry: 'nowhere' }],
    ['workflow: WORKFLOW_ID_MALFORMED', { workflowId: nilUuid }],
    ['workflow: WORKFLOW_ID_IN_USE', { workflowId: mainId }],
    ['workflow: WORKFLOW_ID_IN_USE', { workflowId: idOf('repo') }],
    ['registry: VERSION_CONFLICT', { registryVid: eventId(1) }],
  ])('not, %s, and then nothing is written', async (refusal, change) => {
    const before = await world.journal.end();
    expect(await refusalOf(begin(change))).toBe(refusal);
    expect(await world.journal.end()).toBe(before);
  });

  test('once: asked again, also after others and after its end, it answers the same', async () => {
    const first = await begin();
    expect(await begin()).toEqual(first);
    await begin({ workflowId: idOf('other') });
    expect(await begin()).toEqual(first);
    await sumUp();
    await end();
    const before = await world.journal.end();
    expect(await begin()).toEqual(first);
    expect(await world.journal.end()).toBe(before);
  });
});

describe('a ping ends', () => {
  beforeEach(() => begin());

  test('only once it is summed up, and only on the version that the client has seen', async () => {
    expect(await refusalOf(end())).toBe('workflow: WORKFLOW_IN_OTHER_STATE');
    await sumUp();
    expect(await refusalOf(end(eventId(1)))).toBe('workflow: VERSION_CONFLICT');
    await end((await world.engine.find(pingRegistry, workflowId)).vid);
    expect(await findPing(world.engine, workflowId)).toMatchObject({ status: 'terminated' });
    expect((await index()).pings.get(workflowId)?.completedEventId).toBeDefined();
  });

  test('however far it has come, when nobody ends it', async () => {
    await expire();
    expect(await findPing(world.engine, workflowId)).toMatchObject({ status: 'terminated' });
    expect((await index()).pings.get(workflowId)?.completedEventId).toBeDefined();
    const before = await world.journal.end();
    await expire();
    expect(await world.journal.end()).toBe(before);
  });

  test('also where the old system died before it had indexed it', async () => {
    const lost = idOf('lost');
    await world.engine.transact((tx) =>
      tx.tell(pingRegistry, lost, { type: 'Init', registryId: exreg }),
    );
    await world.engine.transact((tx) => expirePing(tx, lost, 'exreg'));
    expect((await index()).pings.get(lost)?.completedEventId).toBeDefined();
  });
});

describe('garbage collection', () => {
  const collect = (nowMs: number, olderThanMs = 30 * DAY_MS, signal?: AbortSignal) =>
    collectGarbage(world.engine, { nowMs, olderThanMs, ...(signal && { signal }) });

  test('ends a ping when it is a day old, to the millisecond', async () => {
    const startMs = ulidTimeMs((await begin()).workflowVid);
    await collect(startMs + DAY_MS - 1);
    expect(await findPing(world.engine, workflowId)).toMatchObject({ status: 'initialized' });
    await collect(startMs + DAY_MS, 0, AbortSignal.abort());
    expect(await findPing(world.engine, workflowId)).toMatchObject({ status: 'initialized' });
    await collect(startMs + DAY_MS);
    expect(await findPing(world.engine, workflowId)).toMatchObject({ status: 'terminated' });
  });

  it.each([
    [30 * DAY_MS, 5 * DAY_MS],
    [2 * DAY_MS, 2 * DAY_MS],
  ])('that keeps workflows for %i ms deletes a ping after %i ms', async (olderThanMs, keptMs) => {
    await begin();
    await expire();
    const { completedEventId } = (await index()).pings.get(workflowId) ?? {};
    if (!completedEventId) throw new Error('not ended');
    const endMs = ulidTimeMs(completedEventId);
    expect(await collect(endMs + keptMs - 1, olderThanMs)).toEqual([]);
    expect(await collect(endMs + keptMs, olderThanMs)).toEqual([workflowId]);
    expect((await index()).pings.has(workflowId)).toBe(false);
    expect((await world.journal.head(workflowId))?.deleted).toBe(true);
  });
});
