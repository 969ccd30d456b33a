import { Engine, NoVC, RefusedError, ulidSource, type Direction } from '@permafrost/events';
import { MemoryJournal } from '@permafrost/events/testing';
import { beforeEach, describe, expect, it, test } from 'vitest';
import { FilesFault, type FreezePolicy, type RepoLock } from '../ports/files.ts';
import { repo } from '../repo/repo.ts';
import { storageWorkflow } from '../storage-workflow/storage-workflow.ts';
import { failing, type OnEffect } from '../testing/effects.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { FakeDisk } from '../testing/fake-disk.ts';
import { FakeLock, LockTable } from '../testing/fake-lock.ts';
import { FakeShadow } from '../testing/fake-shadow.ts';
import { FakeTree } from '../testing/fake-tree.ts';
import { author, exreg, idOf, repoInit } from '../testing/names.ts';
import { silentLog } from '../testing/silent-log.ts';
import { SILENCE_MS_MAX } from './presence.ts';
import { StadLoop } from './stad-loop.ts';
import { TaskLog } from './task-log.ts';

const repoId = idOf('repo');
const workflowId = idOf('workflow');
const never = new AbortController().signal;
const log = new TaskLog(silentLog);
const { hostPath } = repoInit;
const broken = new FilesFault('FILES_READ_ONLY', `${hostPath}: read-only`, { retry: 'never' });
const busy = new FilesFault('FILES_IO', `${hostPath}: busy`, { retry: 'later' });

let clock: FakeClock;
let journal: MemoryJournal;
let engine: Engine;
let disk: FakeDisk;
let locks: LockTable;

beforeEach(() => {
  clock = new FakeClock();
  journal = new MemoryJournal();
  engine = new Engine({ journal, nextId: ulidSource(() => clock.nowMs()) });
  disk = new FakeDisk();
  locks = new LockTable();
  disk.write(`${hostPath}/a`);
});

function stad({
  host = repoInit.fileHost,
  onEffect,
  lock,
  jobsMax = 4,
}: { host?: string; onEffect?: OnEffect; lock?: RepoLock; jobsMax?: number } = {}): StadLoop {
  const hook = onEffect ? { onEffect } : {};
  return new StadLoop({
    instance: idOf('instance'),
    host,
    engine,
    board: journal,
    tree: new FakeTree(disk, hook),
    shadow: new FakeShadow(disk, hook),
    lock: lock ?? new FakeLock(locks),
    clock,
    jobsMax,
    retryForMs: 60_000,
  });
}

const repoNow = async () => (await engine.find(repo, repoId)).state;
const workflowNow = async () => (await engine.find(storageWorkflow, workflowId)).state;

async function initRepo(): Promise<void> {
  await engine.tell(repo, repoId, NoVC, { type: 'InitRepo', init: repoInit });
}

async function beginFiles(direction: Direction, policy?: FreezePolicy): Promise<void> {
  await initRepo();
  await stad().run({ kind: 'repo', repoId }, never, log);
  const start = {
    registryId: exreg,
    registryName: 'exreg',
    repoId,
    repoGlobalPath: repoInit.globalPath,
    author,
    ...(policy && { policy }),
  };
  await engine.tell(storageWorkflow, workflowId, NoVC, { type: 'Init', direction, start });
  await engine.tell(storageWorkflow, workflowId, NoVC, { type: 'BeginFiles' });
}

const files = { kind: 'workflow', workflowId } as const;

describe('the files of a workflow', () => {
  it.each([
    ['freeze', 'all', 'i'],
    ['unfreeze', 'none', ''],
  ] as const)(
    'are brought to the state after a %s, recorded, and told',
    async (direction, flags, attrs) => {
      await beginFiles(direction);
      await stad().run(files, never, log);
      expect(disk.flagsWithin(hostPath)).toBe(flags);
      expect(disk.shadows.get(repoId)?.commits.at(-1)?.attrs).toBe(attrs);
      expect(await workflowNow()).toMatchObject({ status: 'files-completed' });
    },
  );

  test('are left alone by the stad of another host', async () => {
    await beginFiles('freeze');
    await stad({ host: 'other.example.org' }).run(files, never, log);
    expect(disk.flagsWithin(hostPath)).toBe('none');
    expect(await workflowNow()).toMatchObject({ status: 'files' });
  });

  test('fail at once for what will not pass, with the cause', async () => {
    await beginFiles('freeze');
    await stad({ onEffect: failing('stad:set-immutable', broken) }).run(files, never, log);
    expect(await workflowNow()).toMatchObject({
      status: 'files-failed',
      outcome: { code: 105, message: broken.message },
    });
  });

  test('are tried again for what may pass, but not for ever, counted from the beginning (gap 26)', async () => {
    await beginFiles('freeze');
    const loop = stad({ onEffect: failing('stad:write-shadow', busy, busy) });
    await expect(loop.run(files, never, log)).rejects.toBe(busy);
    expect(await workflowNow()).toMatchObject({ status: 'files' });
    expect(await journal.progress(workflowId)).toMatchObject({
      phase: 'retrying',
      message: busy.message,
    });
    await clock.advance(61_000);
    // A daemon that was started again does not begin to count anew.
    await stad({ onEffect: failing('stad:write-shadow', busy) }).run(files, never, log);
    expect(await workflowNow()).toMatchObject({ status: 'files-failed' });
  });

  describe('whose lock cannot be had', () => {
    const fault = new FilesFault('FILES_NO_LOCK', 'cannot lock: EACCES', { retry: 'later' });
    const lock: RepoLock = { hold: () => Promise.reject(fault) };

    beforeEach(() => beginFiles('freeze'));

    async function announce(name: string): Promise<void> {
      const who = { daemon: 'stad', host: repoInit.fileHost, pid: 1, version: '0' } as const;
      const nowMs = clock.nowMs();
      await journal.announce({ ...who, instance: idOf(name), sinceMs: nowMs, heartbeatMs: nowMs });
    }

    test('wait for it, and fail with the cause after the same time', async () => {
      await expect(stad({ lock }).run(files, never, log)).rejects.toBe(fault);
      expect(await journal.progress(workflowId)).toMatchObject({
        phase: 'retrying',
        message: fault.message,
      });
      await clock.advance(61_000);
      await announce('instance');
      await stad({ lock }).run(files, never, log);
      expect(await workflowNow()).toMatchObject({
        status: 'files-failed',
        outcome: { code: 105, message: fault.message },
      });
      expect(await journal.progress(workflowId)).toBeUndefined();
    });

    test('can be cancelled', async () => {
      const request = { by: 'A U Thor', reason: '', atMs: clock.nowMs() };
      await journal.askToCancel({ workflow: workflowId, ...request });
      await stad({ lock }).run(files, never, log);
      expect(await workflowNow()).toMatchObject({ outcome: { message: 'cancelled by A U Thor' } });
    });

    test('are not given up while another stad of the host may be at work on them', async () => {
      await clock.advance(61_000);
      await announce('other stad');
      await expect(stad({ lock }).run(files, never, log)).rejects.toBe(fault);
      expect(await workflowNow()).toMatchObject({ status: 'files' });
      await clock.advance(SILENCE_MS_MAX + 1);
      await stad({ lock }).run(files, never, log);
      expect(await workflowNow()).toMatchObject({ status: 'files-failed' });
    });

    test('are let go of once another stad has done them', async () => {
      await announce('other stad');
      const late: RepoLock = {
        hold: async () => {
          await engine.tell(storageWorkflow, workflowId, NoVC, { type: 'CommitFiles' });
          throw fault;
        },
      };
      await stad({ lock: late }).run(files, never, log);
      expect(await workflowNow()).toMatchObject({ status: 'files-completed' });
    });
  });

  test('are as many as the last snapshot has counted, where nobody has counted them since', async () => {
    await beginFiles('freeze');
    const entriesTotal = disk.shadows.get(repoId)?.commits.at(-1)?.listing.split('\n').length;
    const run = stad({ onEffect: () => clock.sleep(1000, never) }).run(files, never, log);
    await clock.advance(2500);
    expect(await journal.progress(workflowId)).toMatchObject({ phase: 'attributes', entriesTotal });
    await clock.advance(60_000);
    await run;
  });

  test('that failed are told before the lock is free: nobody else begins in between', async () => {
    await beginFiles('freeze');
    const statusAtRelease: string[] = [];
    const lock: RepoLock = {
      hold: async (_repo, _signal, work) => {
        try {
          return await work();
        } finally {
          statusAtRelease.push((await workflowNow()).status);
        }
      },
    };
    await stad({ lock, onEffect: failing('stad:set-immutable', broken) }).run(files, never, log);
    expect(statusAtRelease).toEqual(['files-failed']);
  });

  test('of one repo are done by one of several stads of its host', async () => {
    await beginFiles('freeze');
    let effects = 0;
    const onEffect: OnEffect = ({ when }) => void (effects += when === 'after' ? 1 : 0);
    await Promise.all([
      stad({ onEffect }).run(files, never, log),
      stad({ onEffect }).run(files, never, log),
    ]);
    // Two flags, one look, one commit.
    expect(effects).toBe(4);
  });

  test('stay as they are when stad is told to stop, and the workflow stays open', async () => {
    await beginFiles('freeze');
    const stop = new AbortController();
    const loop = stad({ onEffect: () => stop.abort() });
    await expect(loop.run(files, stop.signal, log)).rejects.toMatchObject({
      code: 'FILES_CANCELLED',
    });
    expect(await workflowNow()).toMatchObject({ status: 'files' });
    await stad().run(files, never, log);
    expect(await workflowNow()).toMatchObject({ status: 'files-completed' });
  });
});

describe('a workflow that somebody wants cancelled', () => {
  const by = 'A <a@example.org>';
  const cancelled = {
    status: 'files-failed',
    outcome: { code: 105, message: `cancelled by ${by}: wrong data` },
  };

  beforeEach(() => beginFiles('freeze'));

  const ask = (): Promise<void> =>
    journal.askToCancel({ workflow: workflowId, by, reason: 'wrong data', atMs: clock.nowMs() });

  test('is not begun', async () => {
    await ask();
    await stad().run(files, never, log);
    expect(await workflowNow()).toMatchObject(cancelled);
    expect(disk.flagsWithin(hostPath)).toBe('none');
    expect(await journal.cancelRequest(workflowId)).toBeUndefined();
  });

  test('is left half done within a look, told under the lock, and taken up by the next', async () => {
    const statusAtRelease: string[] = [];
    const lock: RepoLock = {
      hold: async (_repo, _signal, work) => {
        try {
          return await work();
        } finally {
          statusAtRelease.push((await workflowNow()).status);
        }
      },
    };
    let effects = 0;
    const onEffect: OnEffect = async ({ when }) => {
      if (when === 'before') return;
      effects++;
      await ask();
      await clock.advance(1000);
    };
    await stad({ lock, onEffect }).run(files, never, log);
    expect(effects).toBe(1);
    expect(disk.flagsWithin(hostPath)).toBe('mixed');
    expect(await workflowNow()).toMatchObject(cancelled);
    expect(statusAtRelease).toEqual(['files-failed']);
    expect(await journal.progress(workflowId)).toBeUndefined();
  });

  test('does not wait for the pause before another try to be over', async () => {
    const loop = stad({ onEffect: failing('stad:write-shadow', busy) });
    await expect(loop.run(files, never, log)).rejects.toBe(busy);
    const pause = loop.pause(files, 30_000, never, log);
    await clock.advance(1000);
    await ask();
    await clock.advance(300);
    await pause;
    await loop.run(files, never, log);
    expect(await workflowNow()).toMatchObject(cancelled);
  });

  test('does not wait for a free job', async () => {
    const [other, gate] = [idOf('other repo'), Promise.withResolvers<undefined>()];
    await engine.tell(repo, other, NoVC, { type: 'InitRepo', init: repoInit });
    const loop = stad({ jobsMax: 1, onEffect: () => gate.promise });
    const busyWith = loop.run({ kind: 'repo', repoId: other }, never, log);
    await clock.advance(0);
    const run = loop.run(files, never, log);
    await clock.advance(1000);
    expect(await workflowNow()).toMatchObject({ status: 'files' });
    await ask();
    await clock.advance(300);
    await run;
    expect(await workflowNow()).toMatchObject(cancelled);
    gate.resolve(undefined);
    await busyWith;
  });

  test('waits with that for the lock: who holds it is a stad that was asked, too', async () => {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const holder = new FakeLock(locks).hold(repoId, never, () => promise);
    const run = stad().run(files, never, log);
    await ask();
    await clock.advance(1000);
    expect(await workflowNow()).toMatchObject({ status: 'files' });
    resolve(undefined);
    await Promise.all([holder, run]);
    expect(await workflowNow()).toMatchObject(cancelled);
  });

  test('stays open while stad itself is told to stop, and is cancelled by the next stad', async () => {
    const stop = new AbortController();
    const onEffect: OnEffect = async () => {
      await ask();
      await clock.advance(300);
      stop.abort();
    };
    await expect(stad({ onEffect }).run(files, stop.signal, log)).rejects.toThrow(FilesFault);
    expect(await workflowNow()).toMatchObject({ status: 'files' });
    await stad().run(files, never, log);
    expect(await workflowNow()).toMatchObject(cancelled);
  });
});

describe('a workflow that is ended while stad works on it', () => {
  const end = (): Promise<unknown> =>
    engine.tell(storageWorkflow, workflowId, NoVC, {
      type: 'AbortFiles',
      status: { code: 105, message: 'ended by force' },
    });

  test('is let go of within a look, and nothing more is told', async () => {
    await beginFiles('freeze');
    const onEffect: OnEffect = async ({ when }) => {
      if (when === 'before') return;
      await end();
      await clock.advance(1000);
    };
    await stad({ onEffect }).run(files, never, log);
    expect(disk.flagsWithin(hostPath)).toBe('mixed');
    expect(await workflowNow()).toMatchObject({ outcome: { message: 'ended by force' } });
  });

  test('does not take the facts of a stad that was stopped until after its last effect', async () => {
    await beginFiles('freeze');
    const onEffect: OnEffect = async ({ effect, when }) => {
      if (effect === 'stad:write-shadow' && when === 'after') await end();
    };
    const loop = stad({ onEffect });
    await expect(loop.run(files, never, log)).rejects.toThrow(RefusedError);
    expect(await workflowNow()).toMatchObject({
      status: 'files-failed',
      outcome: { message: 'ended by force' },
    });
    await loop.run(files, never, log);
  });
});

describe('a shadow repo', () => {
  const due = { kind: 'repo', repoId } as const;

  test('is made once, with a first commit', async () => {
    await initRepo();
    await Promise.all([stad().run(due, never, log), stad().run(due, never, log)]);
    expect(await repoNow()).toMatchObject({ shadowPath: `/shadow/${repoId}.fso`, error: '' });
    expect(disk.shadows.get(repoId)?.commits).toHaveLength(1);
  });

  test('that cannot be made leaves its cause in the repo, until somebody clears it', async () => {
    await initRepo();
    await stad({ onEffect: failing('stad:init-shadow', broken) }).run(due, never, log);
    expect((await repoNow()).error).toBe(`2026-01-01T00:00:00Z ${broken.message}`);
    await stad().run(due, never, log);
    expect((await repoNow()).shadowPath).toBe('');
    await engine.tell(repo, repoId, NoVC, { type: 'ClearError' });
    await stad().run(due, never, log);
    expect(await repoNow()).toMatchObject({ error: '', storage: { tier: 'online' } });
  });

  test('is tried again for a while, and then tells of a fault that lasts', async () => {
    await initRepo();
    const fail = (): Promise<void> =>
      stad({ onEffect: failing('stad:init-shadow', busy) }).run(due, never, log);
    await expect(fail()).rejects.toBe(busy);
    expect((await repoNow()).error).toBe('');
    await clock.advance(60_000);
    await fail();
    expect((await repoNow()).error).toBe(`2026-01-01T00:01:00Z ${busy.message}`);
    await engine.tell(repo, repoId, NoVC, { type: 'ClearError' });
    await expect(fail()).rejects.toBe(busy);
    expect((await repoNow()).error).toBe('');
  });

  test('that one stad cannot make is not made by another that waited: the error would stay behind', async () => {
    await initRepo();
    const onEffect = failing('stad:init-shadow', broken);
    await Promise.all([stad({ onEffect }).run(due, never, log), stad().run(due, never, log)]);
    expect(await repoNow()).toMatchObject({
      shadowPath: '',
      error: expect.stringContaining('read-only') as string,
    });
  });
});

test('at its start it finds what is open, and from events what is due', async () => {
  await beginFiles('freeze');
  const loop = stad();
  const events = await journal.readAll(0, 100);
  const named = events.flatMap((event) => loop.concerns(event)).map((task) => loop.keyOf(task));
  expect(named).toEqual([`repo ${repoId}`, `workflow ${workflowId}`]);
});

describe('a tree that somebody writes to', () => {
  const message = `${hostPath}: a is open for writing by cp (process 7)`;
  const task = { kind: 'workflow', workflowId } as const;
  const isFlagged = (): boolean => disk.get(`${hostPath}/a`)?.immutable === true;

  beforeEach(() => void disk.writers.set(hostPath, message));

  test('is not frozen, and nothing is changed', async () => {
    await beginFiles('freeze');
    await stad().run(task, never, log);
    expect(await workflowNow()).toMatchObject({ status: 'files-failed', outcome: { message } });
    expect(disk.get(hostPath)?.immutable).toBe(false);
  });

  test('is frozen once nobody writes, and meanwhile others have their turn', async () => {
    await beginFiles('freeze', { ifBusy: 'wait' });
    const loop = stad({ jobsMax: 1 });
    const run = loop.run(task, never, log);
    await clock.advance(3000);
    expect(await journal.progress(workflowId)).toMatchObject({
      phase: 'waiting-for-writers',
      message,
    });
    const other = { kind: 'repo', repoId } as const;
    await loop.run(other, never, log);
    disk.writers.clear();
    await clock.advance(1000);
    await run;
    expect(await workflowNow()).toMatchObject({ status: 'files-completed' });
    expect(isFlagged()).toBe(true);
  });

  test('can be cancelled while it is waited for', async () => {
    await beginFiles('freeze', { ifBusy: 'wait' });
    const run = stad().run(task, never, log);
    await clock.advance(3000);
    await journal.askToCancel({ workflow: workflowId, by: 'B', reason: 'later', atMs: 0 });
    await clock.advance(1000);
    await run;
    expect(await workflowNow()).toMatchObject({ status: 'files-failed' });
    expect(disk.get(hostPath)?.immutable).toBe(false);
  });

  test('is frozen by force, and thawed as ever', async () => {
    await beginFiles('freeze', { ifBusy: 'force' });
    await stad().run(task, never, log);
    expect(await workflowNow()).toMatchObject({ status: 'files-completed' });
    expect(isFlagged()).toBe(true);
  });
});
