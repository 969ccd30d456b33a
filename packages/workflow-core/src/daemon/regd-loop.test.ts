// Which work regd finds, at its start and in events; each by itself, since either hides what the other
// forgets. What the work does is told by the tests of the use cases.
import {
  mainId,
  NoVC,
  registryId,
  workflowIndexId,
  type Direction,
  type StoredEvent,
  type WorkflowStart,
} from '@permafrost/events';
import { beforeEach, describe, expect, it, test } from 'vitest';
import { main } from '../main/main.ts';
import { repo } from '../repo/repo.ts';
import { storageWorkflow } from '../storage-workflow/storage-workflow.ts';
import { author, exreg, idOf, repoInit } from '../testing/names.ts';
import { RecordingLog } from '../testing/recording-log.ts';
import { besideUnreadable } from '../testing/beside-unreadable.ts';
import { SmallWorld } from '../testing/small-world.ts';
import { collectGarbage } from '../use-cases/collect-garbage.ts';
import { workflowIndex } from '../workflow-index/workflow-index.ts';
import { RegdLoop, type RegdTask } from './regd-loop.ts';
import { TaskLog } from './task-log.ts';

const never = new AbortController().signal;
const repoId = idOf('repo');
const workflowId = idOf('workflow');

let world: SmallWorld;
let loop: RegdLoop;

beforeEach(async () => inhabit(await SmallWorld.ready()));

function inhabit(one: SmallWorld): void {
  world = one;
  loop = new RegdLoop(world);
}

async function opened(signal: AbortSignal = never): Promise<readonly RegdTask[]> {
  const tasks: RegdTask[] = [];
  for await (const task of loop.open(signal)) tasks.push(task);
  return tasks;
}

test('a registry that cannot be read takes no turn from those after it, and is told of in the end', async () => {
  inhabit(await besideUnreadable());
  const ofExreg = { kind: 'repo', registryId: exreg, repoId };
  const found: unknown[] = [];
  const naming = (async () => {
    for await (const task of loop.open(never)) found.push(task);
  })();
  await expect(naming).rejects.toMatchObject({ code: 'EVENT_UNREADABLE' });
  expect(found).toContainEqual(ofExreg);
});

async function runLogged(task: RegdTask): Promise<RecordingLog['lines']> {
  const log = new RecordingLog();
  await loop.run(task, never, new TaskLog(log));
  return log.lines;
}

async function appendedBy(work: () => Promise<unknown>): Promise<readonly StoredEvent[]> {
  const before = await world.journal.end();
  await work();
  return world.journal.readAll(before, 100);
}

/** As a single-step writer began one: with its first event, and in no index. */
async function beginUnindexed(direction: Direction = 'freeze'): Promise<void> {
  const start: WorkflowStart = {
    registryId: exreg,
    registryName: 'exreg',
    repoId,
    repoGlobalPath: repoInit.globalPath,
    author,
  };
  const init = { type: 'Init', direction, start } as const;
  await world.engine.tell(storageWorkflow, workflowId, NoVC, init);
}

async function freeze(): Promise<void> {
  await world.begin('freeze');
  await world.run();
}

describe('at its start', () => {
  test('a registry and a repo are named until they are confirmed', async () => {
    const fresh = new SmallWorld();
    await fresh.prepare();
    inhabit(fresh);
    expect(await opened()).toEqual([
      { kind: 'registry', name: 'exreg' },
      { kind: 'repo', registryId: exreg, repoId },
    ]);
    await fresh.run();
    expect(await opened()).toEqual([]);
  });

  it.each<[string, () => Promise<unknown>, boolean]>([
    ['begun', () => world.begin('freeze'), true],
    ['begun, and left without an entry in the index', () => beginUnindexed(), true],
    ['ended', freeze, false],
    [
      'ended and deleted',
      async () => {
        await freeze();
        await collectGarbage(world.engine, { olderThanMs: 0, nowMs: world.clock.nowMs() });
      },
      false,
    ],
  ])('a workflow that is %s', async (_, bring, isOpen) => {
    await bring();
    const named = (await opened()).map((task) => loop.keyOf(task));
    expect(named).toEqual(isOpen ? [`workflow ${workflowId}`] : []);
  });

  test('a workflow is named that has left the index, but does not know it yet', async () => {
    await world.begin('freeze');
    await loop.run({ kind: 'workflow', workflowId }, never, new TaskLog(new RecordingLog()));
    const { engine, indexId } = world;
    const status = { code: 105, message: 'cancelled' };
    for (const command of [
      { type: 'AbortFiles', status },
      { type: 'Abort', status },
    ] as const) {
      await engine.tell(storageWorkflow, workflowId, NoVC, command);
    }
    const { vid: completedEventId } = await engine.find(storageWorkflow, workflowId);
    const leave = { type: 'CommitWorkflow', workflowId, completedEventId } as const;
    await engine.tell(workflowIndex, indexId, NoVC, leave);
    expect(await opened()).toEqual([{ kind: 'workflow', workflowId }]);
  });

  test('a workflow is named once, whichever registry it is of', async () => {
    const { engine } = world;
    await engine.tell(main, mainId, NoVC, { type: 'AcceptRegistry', name: 'later' });
    await world.run();
    await beginUnindexed();
    const { vid: startedEventId } = await engine.find(storageWorkflow, workflowId);
    const { globalPath } = repoInit;
    const entry = { direction: 'freeze', workflowId, startedEventId, globalPath } as const;
    const index = workflowIndexId('later');
    await engine.tell(workflowIndex, index, NoVC, { type: 'BeginWorkflow', entry });
    expect(await opened()).toEqual([{ kind: 'workflow', workflowId }]);
  });

  test('what was left behind is not looked for when regd is told to stop', async () => {
    await beginUnindexed();
    expect(await opened(AbortSignal.abort())).toEqual([]);
  });
});

test('events name a registry and a repo to be set up, and a workflow at each of its steps', async () => {
  const fresh = new SmallWorld();
  await fresh.prepare();
  inhabit(fresh);
  await fresh.run();
  await freeze();
  const named = (await world.journal.readAll(0, 100)).flatMap((event) => loop.concerns(event));
  expect(named.filter(({ kind }) => kind !== 'workflow')).toEqual([
    { kind: 'registry', name: 'exreg' },
    { kind: 'repo', registryId: exreg, repoId },
    { kind: 'repo', repoId },
  ]);
  const steps = await world.journal.read(workflowId);
  expect(named.filter(({ kind }) => kind === 'workflow')).toEqual(
    steps.map(() => ({ kind: 'workflow', workflowId })),
  );
});

test('each registry, repo and workflow is a task of its own', () => {
  const tasks: readonly RegdTask[] = [
    { kind: 'registry', name: repoId },
    { kind: 'registry', name: 'other' },
    { kind: 'repo', repoId },
    { kind: 'repo', repoId: idOf('other') },
    { kind: 'workflow', workflowId: repoId },
    { kind: 'workflow', workflowId },
  ];
  expect(new Set(tasks.map((task) => loop.keyOf(task))).size).toBe(tasks.length);
  expect(loop.keyOf({ kind: 'repo', repoId, registryId: exreg })).toBe(
    loop.keyOf({ kind: 'repo', repoId }),
  );
});

describe('a task', () => {
  test('sets up a registry, and logs which', async () => {
    const { engine } = world;
    await engine.tell(main, mainId, NoVC, { type: 'AcceptRegistry', name: 'later' });
    expect(await runLogged({ kind: 'registry', name: 'later' })).toMatchObject([
      { level: 'debug', registry: 'later', step: 'regd:confirm-registry' },
    ]);
    const { state } = await engine.find(main, mainId);
    expect(state.registries).toContainEqual({ name: 'later', confirmed: true });
  });

  test('sets up a repo, and logs which', async () => {
    const fresh = new SmallWorld();
    await fresh.prepare();
    inhabit(fresh);
    expect(
      await runLogged({ kind: 'repo', repoId, registryId: registryId('exreg') }),
    ).toMatchObject([{ level: 'debug', repo: repoId, step: 'regd:set-up-repo' }]);
    expect((await world.engine.find(repo, repoId)).state.init).toEqual(repoInit);
  });

  test('leaves a workflow alone, and says nothing, while that is for others or for nobody', async () => {
    const workflow = { kind: 'workflow', workflowId } as const;
    const leaveAlone = async (): Promise<void> => {
      expect(await appendedBy(async () => expect(await runLogged(workflow)).toEqual([]))).toEqual(
        [],
      );
    };
    await leaveAlone(); // There is none.
    await world.begin('freeze');
    expect((await runLogged(workflow)).at(-1)?.message).toBe('workflow advanced');
    await leaveAlone(); // It is stad's.
    await world.run();
    await leaveAlone(); // It has ended.
  });

  test('ends a workflow that the index still lists as active', async () => {
    await world.begin('freeze');
    await loop.run({ kind: 'workflow', workflowId }, never, new TaskLog(new RecordingLog()));
    const status = { code: 105, message: 'cancelled' };
    for (const command of [
      { type: 'AbortFiles', status },
      { type: 'Abort', status },
      { type: 'End' },
    ] as const) {
      await world.engine.tell(storageWorkflow, workflowId, NoVC, command);
    }
    await runLogged({ kind: 'workflow', workflowId });
    const { state } = await world.engine.find(workflowIndex, world.indexId);
    expect([...state.active.keys(), ...state.completed.keys()]).toEqual([workflowId]);
    expect(state.active.has(workflowId)).toBe(false);
  });
});
