// Which work stad finds, at its start and in events, each by itself; how it goes about the work that it
// must leave or try again; and what it tells meanwhile. What comes of the files is told by
// stad-loop.test.ts.
import { NoVC, type Direction, type Progress } from '@permafrost/events';
import { beforeEach, describe, expect, it, test } from 'vitest';
import { FilesFault } from '../ports/files.ts';
import { repo } from '../repo/repo.ts';
import { storageWorkflow } from '../storage-workflow/storage-workflow.ts';
import { settled } from '../testing/agenda.ts';
import { failing, type OnEffect } from '../testing/effects.ts';
import { FakeLock, LockTable } from '../testing/fake-lock.ts';
import { FakeShadow } from '../testing/fake-shadow.ts';
import { FakeTree } from '../testing/fake-tree.ts';
import { author, exreg, idOf, repoInit } from '../testing/names.ts';
import { RecordingLog } from '../testing/recording-log.ts';
import { SmallWorld } from '../testing/small-world.ts';
import { setUpRepo } from '../use-cases/set-up.ts';
import { RegdLoop } from './regd-loop.ts';
import { StadLoop, type StadTask } from './stad-loop.ts';
import type { StadMeans } from './stad-means.ts';
import { TaskLog } from './task-log.ts';

const never = new AbortController().signal;
const repoId = idOf('repo');
const workflowId = idOf('workflow');
const files: StadTask = { kind: 'workflow', workflowId };
const shadow: StadTask = { kind: 'repo', repoId };
const busy = new FilesFault('FILES_IO', 'busy', { retry: 'later' });
const broken = new FilesFault('FILES_READ_ONLY', 'read-only', { retry: 'never' });

let world: SmallWorld;
let locks: LockTable;
let log: RecordingLog;

beforeEach(() => {
  world = new SmallWorld();
  locks = new LockTable();
  log = new RecordingLog();
});

function stad(onEffect: OnEffect = () => undefined, more: Partial<StadMeans> = {}): StadLoop {
  const { engine, journal, clock, disk } = world;
  return new StadLoop({
    instance: idOf('stad'),
    host: repoInit.fileHost,
    engine,
    board: journal,
    tree: new FakeTree(disk, { onEffect }),
    shadow: new FakeShadow(disk, { onEffect }),
    lock: new FakeLock(locks),
    clock,
    ...more,
  });
}

const run = (loop: StadLoop, task: StadTask, signal: AbortSignal = never): Promise<void> =>
  loop.run(task, signal, new TaskLog(log));

/** Those that were entered, as the log tells. */
const steps = (): readonly unknown[] =>
  log.lines.filter(({ level }) => level === 'debug').map(({ step }) => step);

const regd = (): Promise<void> =>
  new RegdLoop(world).run({ kind: 'workflow', workflowId }, never, new TaskLog(log));

/** Up to where stad is to make the shadow repo. */
async function beginRepo(): Promise<void> {
  await world.prepare();
  await setUpRepo(world.engine, { repoId, registryId: exreg });
}

/** Up to where the files are stad's. */
async function beginFiles(direction: Direction = 'freeze'): Promise<void> {
  await world.prepare();
  await world.run();
  if (direction === 'unfreeze') {
    await world.begin('freeze', { workflowId: idOf('freeze before') });
    await world.run();
  }
  await world.begin(direction);
  await regd();
  log.lines.splice(0);
}

describe('at its start', () => {
  it.each<[string, () => Promise<unknown>, readonly StadTask[]]>([
    ['a repo without its shadow repo', beginRepo, [shadow]],
    ['files of a workflow', beginFiles, [files]],
    [
      'nothing, once all is done',
      async () => {
        await beginFiles();
        await world.run();
      },
      [],
    ],
  ])('it finds %s', async (_, bring, tasks) => {
    await bring();
    const named: StadTask[] = [];
    for await (const task of stad().open()) named.push(task);
    expect(named).toEqual(tasks);
  });
});

test('events name files that are due, and nothing else of a workflow', async () => {
  await beginFiles();
  await world.run();
  const events = await world.journal.read(workflowId);
  expect(events.flatMap((event) => stad().concerns(event))).toEqual([files]);
});

test('events name a repo again when its error is cleared', async () => {
  await beginRepo();
  const { engine, journal } = world;
  await engine.tell(repo, repoId, NoVC, { type: 'SetError', message: 'trouble' });
  await engine.tell(repo, repoId, NoVC, { type: 'ClearError' });
  const events = await journal.readAll(0, 100);
  expect(events.flatMap((event) => stad().concerns(event))).toEqual([shadow, shadow]);
});

describe('a shadow repo', () => {
  beforeEach(beginRepo);

  test('is left to the stad of its host', async () => {
    await run(stad(undefined, { host: 'other.example.org' }), shadow);
    expect(await world.repo()).toMatchObject({ shadowPath: '', error: '' });
    expect(log.lines).toEqual([]);
  });

  test('is begun by who registered the repo', async () => {
    await run(stad(), shadow);
    expect(world.disk.shadows.get(repoId)?.commits).toMatchObject([{ author, attrs: '' }]);
  });

  it.each(['stad:init-shadow', 'stad:write-shadow'] as const)(
    'is tried again where %s may pass, and no error is stored',
    async (effect) => {
      const loop = stad(failing(effect, busy));
      await expect(run(loop, shadow)).rejects.toBe(busy);
      expect(await world.repo()).toMatchObject({ shadowPath: '', error: '' });
      await run(loop, shadow);
      expect((await world.repo()).shadowPath).not.toBe('');
    },
  );

  test('stores no error for a defect of stad', async () => {
    const bug = new TypeError('undefined is not a function');
    await expect(run(stad(failing('stad:init-shadow', bug)), shadow)).rejects.toBe(bug);
    expect((await world.repo()).error).toBe('');
  });

  test('that cannot be made is logged with its cause', async () => {
    await run(stad(failing('stad:write-shadow', broken)), shadow);
    const errors = log.lines.filter(({ level }) => level === 'error');
    expect(errors).toMatchObject([
      { repo: repoId, path: repoInit.globalPath, code: broken.code, err: broken },
    ]);
    expect(steps()).toEqual(['stad:wait-for-lock', 'stad:init-shadow', 'stad:write-shadow']);
  });

  test('waits its turn, of which there are four where nothing else is said', async () => {
    const ids = ['a', 'b', 'c', 'd', 'e'].map(idOf);
    for (const id of ids) {
      await world.engine.tell(repo, id, NoVC, { type: 'InitRepo', init: repoInit });
    }
    const gate = Promise.withResolvers<undefined>();
    let begun = 0;
    const loop = stad(async ({ effect, when }) => {
      if (effect === 'stad:init-shadow' && when === 'before') begun++;
      await gate.promise;
    });
    const runs = ids.map((id) => run(loop, { kind: 'repo', repoId: id }));
    await settled();
    expect(begun).toBe(4);
    gate.resolve(undefined);
    await Promise.all(runs);
    expect(begun).toBe(5);
  });

  test('is not hurried to its next try by anybody', async () => {
    let isOver = false;
    const pause = stad().pause(shadow, 1000, never, new TaskLog(log));
    void pause.then(() => (isOver = true));
    await world.clock.advance(999);
    expect(isOver).toBe(false);
    await world.clock.advance(1);
    expect(isOver).toBe(true);
  });
});

describe('the work on files', () => {
  test('is none where there is no such workflow, and where it is not stad’s turn', async () => {
    await run(stad(), files);
    await world.prepare();
    await world.run();
    await world.begin('freeze');
    const before = await world.journal.end();
    await run(stad(), files);
    expect(await world.journal.end()).toBe(before);
    expect(log.lines).toEqual([]);
  });

  test('is recorded in the name of who wanted it', async () => {
    await beginFiles();
    await run(stad(), files);
    const last = world.disk.shadows.get(repoId)?.commits.at(-1);
    expect(last).toMatchObject({ author, attrs: 'i' });
    const done = { dirs: 1, files: 1, changed: 2, commit: last?.commit };
    expect(log.take('files done')).toMatchObject([done]);
  });

  it.each<[Direction, readonly Progress['phase'][]]>([
    // The last look is but one step here, too soon after another to be told.
    ['freeze', ['waiting-for-lock', 'checking', 'attributes', 'snapshot']],
    ['unfreeze', ['waiting-for-lock', 'attributes', 'snapshot']],
  ])('tells its phases while it lasts: %s', async (direction, phases) => {
    await beginFiles(direction);
    const { journal, clock } = world;
    const report = journal.report.bind(journal);
    const told: Progress['phase'][] = [];
    journal.report = (progress) => {
      if (told.at(-1) !== progress.phase) told.push(progress.phase);
      return report(progress);
    };
    const gate = Promise.withResolvers<undefined>();
    const holder = new FakeLock(locks).hold(repoId, never, () => gate.promise);
    const done = run(
      stad(() => clock.sleep(500, never)),
      files,
    );
    await clock.advance(1000);
    gate.resolve(undefined);
    await holder;
    await clock.advance(60_000);
    await done;
    expect(told).toEqual(phases);
    expect(await journal.progress(workflowId)).toBeUndefined();
  });

  // The first is the last moment that counts.
  it.each([
    ['tried again', 10 * 60_000 - 1, 'files'],
    ['given up', 10 * 60_000, 'files-failed'],
  ])('that may pass is %s after %i ms', async (_, afterMs, status) => {
    await beginFiles();
    await world.clock.advance(afterMs);
    await run(stad(failing('stad:write-shadow', busy)), files).catch((error: unknown) => {
      expect(error).toBe(busy);
    });
    expect((await world.workflow()).status).toBe(status);
    const lines = log.lines.filter(({ level }) => level === 'warn');
    expect(lines).toMatchObject([{ code: busy.code, err: busy, workflow: workflowId }]);
  });

  test('that ends because stad stops is not said to be tried again', async () => {
    await beginFiles();
    const stop = new AbortController();
    const loop = stad(() => stop.abort());
    await expect(run(loop, files, stop.signal)).rejects.toThrow(FilesFault);
    expect((await world.journal.progress(workflowId))?.phase).not.toBe('retrying');
    expect(log.lines.filter(({ level }) => level !== 'debug')).toEqual([]);
  });

  test('ends with a defect, and the workflow stays open', async () => {
    await beginFiles();
    const bug = new TypeError('undefined is not a function');
    await expect(run(stad(failing('stad:set-immutable', bug)), files)).rejects.toBe(bug);
    expect((await world.workflow()).status).toBe('files');
    expect(await world.journal.progress(workflowId)).toBeUndefined();
  });

  test('stops waiting for writers as soon as stad stops', async () => {
    world.disk.writers.set(repoInit.hostPath, 'cp writes');
    await world.prepare();
    await world.run();
    await world.begin('freeze', { policy: { ifBusy: 'wait' } });
    await regd();
    const stop = new AbortController();
    const loop = stad();
    const waiting = run(loop, files, stop.signal);
    const ended = expect(waiting).rejects.toMatchObject({ code: 'FILES_CANCELLED' });
    await world.clock.advance(1500);
    expect(log.take('freeze waits')).toMatchObject([{ who: 'cp writes' }]);
    // Even where nobody writes any more.
    world.disk.writers.clear();
    stop.abort();
    await ended;
    expect(await world.workflow()).toMatchObject({ status: 'files' });
    expect(world.disk.flagsWithin(repoInit.hostPath)).toBe('none');
  });

  it.each([
    [
      'somebody wants it cancelled',
      () => world.journal.askToCancel({ workflow: workflowId, by: 'B', reason: 'later', atMs: 0 }),
      { message: 'work on files cancelled', by: 'B', reason: 'later' },
      'stad:abort-files',
    ],
    [
      'it was ended meanwhile',
      () =>
        world.engine.tell(storageWorkflow, workflowId, NoVC, {
          type: 'AbortFiles',
          status: { code: 105, message: 'by force' },
        }),
      { message: 'work on files ended: the workflow was ended meanwhile' },
      'stad:set-immutable',
    ],
  ])('that ends because %s says so in the log', async (_, end, line, lastStep) => {
    await beginFiles();
    const loop = stad(async () => {
      await end();
      await world.clock.advance(300);
    });
    await run(loop, files);
    const lines = log.lines.filter(({ level }) => level !== 'debug');
    expect(lines).toMatchObject([{ ...line, level: 'info', workflow: workflowId }]);
    expect(steps().at(-1)).toBe(lastStep);
  });
});

test('each repo and workflow is a task of its own', () => {
  const tasks: readonly StadTask[] = [
    shadow,
    files,
    { kind: 'repo', repoId: workflowId },
    { kind: 'workflow', workflowId: repoId },
  ];
  expect(new Set(tasks.map((task) => stad().keyOf(task))).size).toBe(tasks.length);
});
