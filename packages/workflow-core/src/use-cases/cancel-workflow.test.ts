// Cancels in every state, with and without a stad, with and without force; and what becomes of
// workflows that nobody serves.
import { RefusedError, type CancelRequest } from '@permafrost/events';
import { beforeEach, describe, expect, it, test } from 'vitest';
import { HEARTBEAT_MS } from '../daemon/presence.ts';
import { storageWorkflow, type WorkflowStatus } from '../storage-workflow/storage-workflow.ts';
import { idOf, repoInit } from '../testing/names.ts';
import { SmallWorld } from '../testing/small-world.ts';
import { beginFiles } from './advance-workflow.ts';
import { breakOff } from './break-off.ts';
import { cancelWorkflow, type CancelOrder } from './cancel-workflow.ts';
import { failUnserved } from './fail-unserved.ts';

const workflowId = idOf('workflow');
const by = 'A <a@example.org>';
const order: CancelOrder = { workflowId, by, reason: 'wrong data', force: false };
const DAY_MS = 86_400_000;

let world: SmallWorld;

beforeEach(async () => {
  world = await SmallWorld.ready();
});

const bring = async (status: WorkflowStatus): Promise<void> => {
  const { engine } = world;
  await world.begin('freeze');
  if (status === 'initialized') return;
  await engine.transact((tx) => beginFiles(tx, workflowId));
  if (status === 'files') return;
  if (status === 'terminated') return world.run();
  const failure = { code: 105, message: 'disk trouble' };
  await engine.transact((tx) =>
    tx.tell(
      storageWorkflow,
      workflowId,
      status === 'files-completed'
        ? { type: 'CommitFiles' }
        : { type: 'AbortFiles', status: failure },
    ),
  );
};

const beServed = (host = repoInit.fileHost): Promise<void> => {
  const nowMs = world.clock.nowMs();
  const times = { sinceMs: nowMs, heartbeatMs: nowMs };
  const who = { instance: idOf(host), daemon: 'stad', host, pid: 1, version: '0' } as const;
  return world.journal.announce({ ...who, ...times });
};

const cancel = async (change: Partial<CancelOrder> = {}): Promise<string> => {
  const { engine, journal, clock } = world;
  try {
    return await cancelWorkflow({ engine, board: journal, clock }, { ...order, ...change });
  } catch (error) {
    if (error instanceof RefusedError) return String(error.refusal);
    throw error;
  }
};

const wish = (): Promise<CancelRequest | undefined> => world.journal.cancelRequest(workflowId);

describe('a cancel', () => {
  const late = 'WORKFLOW_NOT_CANCELLABLE';
  it.each<[WorkflowStatus, string, string, string]>([
    // from, with a live stad, without one, by force
    ['initialized', 'ended', 'ended', 'ended'],
    ['files', 'asked', 'ended', 'ended'],
    ['files-completed', late, late, 'ended'],
    ['files-failed', late, late, 'ended'],
    ['terminated', late, late, late],
  ])('of one that is %s: %s, %s, %s', async (status, served, unserved, forced) => {
    const answers: string[] = [];
    for (const [isServed, force] of [
      [true, false],
      [false, false],
      [true, true],
    ] as const) {
      world = await SmallWorld.ready();
      await bring(status);
      if (isServed) await beServed();
      answers.push(await cancel({ force }));
    }
    expect(answers).toEqual([served, unserved, forced]);
  });

  test('that finds stad at work only leaves word, and changes nothing', async () => {
    await bring('files');
    await beServed();
    const before = await world.journal.end();
    await cancel();
    expect(await world.journal.end()).toBe(before);
    expect(await wish()).toEqual({
      workflow: workflowId,
      by,
      reason: 'wrong data',
      atMs: world.clock.nowMs(),
    });
    await world.run();
    expect(await world.workflow()).toMatchObject({
      status: 'terminated',
      outcome: { code: 105, message: `cancelled by ${by}: wrong data` },
    });
    expect(await wish()).toBeUndefined();
  });

  it.each([
    ['initialized', false, 101, 'online', 'cancelled by'],
    ['files', false, 105, 'freeze-failed', 'cancelled by'],
    ['files', true, 105, 'freeze-failed', 'ended by force by'],
  ] as const)(
    'out of %s (force: %s) ends all in one batch, with who and why',
    async (status, force, code, tier, deed) => {
      await bring(status);
      if (force) await beServed();
      await cancel({ force });
      const outcome = { code, message: `${deed} ${by}: wrong data` };
      expect(await world.workflow()).toMatchObject({ status: 'terminated', outcome });
      expect((await world.repo()).storage.tier).toBe(tier);
      expect((await world.listed())?.storage.tier).toBe(tier);
      expect(await wish()).toBeUndefined();
      // A new try is allowed at once, and takes up from there.
      const again = idOf('again');
      await world.begin('freeze', { workflowId: again });
      await world.run();
      expect(await world.workflow(again)).toMatchObject({ outcome: { code: 0 } });
      expect((await world.repo()).storage.tier).toBe('frozen');
    },
  );

  test('does not take the stad of another host for the one that matters', async () => {
    await bring('files');
    await beServed('other.example.org');
    expect(await cancel()).toBe('ended');
  });

  test('without a reason is fine, except by force; without an author never', async () => {
    await bring('files');
    expect(await cancel({ force: true, reason: ' ' })).toBe('REASON_MISSING');
    expect(await cancel({ by: ' ' })).toBe('AUTHOR_MISSING');
    expect(await cancel({ reason: ' ' })).toBe('ended');
    expect(await world.workflow()).toMatchObject({ outcome: { message: `cancelled by ${by}` } });
  });

  test('of an unknown workflow is refused', async () => {
    expect(await cancel({ workflowId: idOf('nothing') })).toBe('INDEX_WORKFLOW_UNKNOWN');
  });

  test('that comes while stad ends the work is refused, and leaves no word behind', async () => {
    await bring('files');
    await beServed();
    const { engine, journal } = world;
    const leaveWord = journal.askToCancel.bind(journal);
    journal.askToCancel = async (request) => {
      await engine.transact((tx) => tx.tell(storageWorkflow, workflowId, { type: 'CommitFiles' }));
      await leaveWord(request);
    };
    expect(await cancel()).toBe('WORKFLOW_NOT_CANCELLABLE');
    expect(await wish()).toBeUndefined();
    expect(await world.workflow()).toMatchObject({ status: 'files-completed' });
  });

  it.each([
    ['has gone on since it was seen', workflowId],
    ['is not there any more', idOf('nothing')],
  ])('of one that %s changes nothing', async (_, id) => {
    await bring('files');
    const before = await world.journal.end();
    const stale = { from: 'initialized', cause: 'cancelled' } as const;
    expect(await world.engine.transact((tx) => breakOff(tx, id, stale))).toBe(false);
    expect(await world.journal.end()).toBe(before);
  });
});

describe('a workflow that nobody serves', () => {
  const look = async (unservedMsMax = 7 * DAY_MS): Promise<readonly string[]> => {
    const { engine, journal: board, clock } = world;
    const { signal } = new AbortController();
    const looking = failUnserved({ engine, board, clock }, { unservedMsMax, signal });
    await clock.advance(60_000);
    return looking;
  };

  test('fails after a while, with the reason, counted from when its files began', async () => {
    await bring('files');
    await world.clock.advance(6 * DAY_MS);
    expect(await look()).toEqual([]);
    await world.clock.advance(DAY_MS);
    expect(await look()).toEqual([workflowId]);
    expect(await world.workflow()).toMatchObject({
      status: 'terminated',
      outcome: {
        code: 105,
        message: `no stad has served host ${repoInit.fileHost} since 2026-01-01T00:00:00.000Z`,
      },
    });
    expect((await world.repo()).storage.tier).toBe('freeze-failed');
  });

  test('is counted from the last sign of a stad, if there was one later', async () => {
    await bring('files');
    await world.clock.advance(6 * DAY_MS);
    await beServed();
    await world.clock.advance(6 * DAY_MS);
    expect(await look()).toEqual([]);
    await world.clock.advance(DAY_MS);
    expect(await look()).toEqual([workflowId]);
  });

  test('fails as soon as the limit is reached', async () => {
    await bring('files');
    await world.clock.advance(7 * DAY_MS);
    expect(await look()).toEqual([workflowId]);
  });

  test('and a daemon that is told to stop leaves it as it is', async () => {
    await bring('files');
    await world.clock.advance(30 * DAY_MS);
    const { engine, journal: board, clock } = world;
    const stop = new AbortController();
    const options = { unservedMsMax: DAY_MS, signal: stop.signal };
    const looking = failUnserved({ engine, board, clock }, options);
    await clock.advance(1000);
    stop.abort();
    expect(await looking).toEqual([]);
    expect(await world.workflow()).toMatchObject({ status: 'files' });
  });

  test('stays for ever when there is no limit', async () => {
    await bring('files');
    await world.clock.advance(1000 * DAY_MS);
    expect(await look(0)).toEqual([]);
  });

  test('never fails while a stad of its host is alive, also if the machine has just been asleep', async () => {
    await bring('files');
    await beServed();
    await world.clock.advance(30 * DAY_MS);
    const { engine, journal: board, clock } = world;
    const { signal } = new AbortController();
    const looking = failUnserved({ engine, board, clock }, { unservedMsMax: DAY_MS, signal });
    await clock.advance(HEARTBEAT_MS);
    await beServed();
    await clock.advance(60_000);
    expect(await looking).toEqual([]);
    expect(await world.workflow()).toMatchObject({ status: 'files' });
  });

  test('and that waits for regd is none of these: nobody waits for a second look', async () => {
    await bring('initialized');
    await world.clock.advance(30 * DAY_MS);
    const { engine, journal: board, clock } = world;
    const { signal } = new AbortController();
    const options = { unservedMsMax: DAY_MS, signal };
    expect(await failUnserved({ engine, board, clock }, options)).toEqual([]);
  });

  test('and that was to be cancelled by a stad that has gone is cancelled', async () => {
    await bring('files');
    await beServed();
    expect(await cancel()).toBe('asked');
    expect(await look(0)).toEqual([]);
    expect(await look(0)).toEqual([workflowId]);
    expect(await world.workflow()).toMatchObject({
      outcome: { message: `cancelled by ${by}: wrong data` },
    });
    expect(await wish()).toBeUndefined();
  });
});
