// A regd without a network: its loop over a real journal, and a client in the same process. Asked
// for a number of workflows, it thaws so many repos at once and answers in how many milliseconds all
// of them had ended; in between it freezes them again. The arguments are the journal's path and the
// number of repos.
import { setTimeout } from 'node:timers/promises';
import { nodeClock } from '@permafrost/daemon-kit';
import {
  Engine,
  mainId,
  NoVC,
  randomUuid,
  registryId,
  RetryNoVC,
  ulidSource,
  workflowIndexId,
  type Direction,
  type Uuid,
} from '@permafrost/events';
import { openSqliteJournal } from '@permafrost/events/sqlite';
import {
  beginWorkflow,
  initMain,
  initRepo,
  main,
  registry,
  RegdLoop,
  Runner,
  storageWorkflow,
} from '@permafrost/workflow-core';
import { silentLog } from '@permafrost/workflow-core/testing';

const NAME = 'bench';
const author = { name: 'A U Thor', email: 'author@example.org' };

const [path = '', count = '1'] = process.argv.slice(2);
const journal = await openSqliteJournal({ path });
const engine = new Engine({
  journal,
  nextId: ulidSource(),
  states: journal,
  pause: async (attempt) => {
    await setTimeout(Math.random() * Math.min(attempt, 10));
  },
});
const stopping = new AbortController();
const log = silentLog;
const loop = new RegdLoop({ engine });
const runner = new Runner({ engine, loop, clock: nodeClock, random: Math.random, log });
const run = runner.run(stopping.signal);
const repos = await setUp(Number(count));
await moveAll('freeze', repos.length);

process.on('message', (workflows: number) => {
  void measured(workflows).then((ms) => process.send?.(ms));
});
process.once('disconnect', () => {
  stopping.abort();
  void run.then(() => journal.close());
});
process.send?.('ready');

async function measured(workflows: number): Promise<number> {
  const startMs = performance.now();
  await moveAll('unfreeze', workflows);
  const ms = performance.now() - startMs;
  await moveAll('freeze', workflows);
  return ms;
}

async function moveAll(direction: Direction, workflows: number): Promise<void> {
  await Promise.all(repos.slice(0, workflows).map((repoId) => move(direction, repoId)));
}

async function move(direction: Direction, repoId: Uuid): Promise<void> {
  const workflowId = randomUuid();
  await beginWorkflow(engine, { direction, registry: NAME, repoId, workflowId, author });
  await until(async () => {
    const { state } = await engine.find(storageWorkflow, workflowId);
    return state.status === 'terminated';
  });
}

async function setUp(repoCount: number): Promise<readonly Uuid[]> {
  const id = registryId(NAME);
  await initMain(engine);
  await engine.tell(main, mainId, RetryNoVC, { type: 'AcceptRegistry', name: NAME });
  await engine.tell(registry, id, NoVC, { type: 'InitRegistry', name: NAME });
  const indexId = workflowIndexId(NAME);
  await engine.tell(registry, id, RetryNoVC, { type: 'EnableEphemeralWorkflows', indexId });
  const root = { globalRoot: '/data', host: 'localhost', hostRoot: '/data', gitlabNamespace: '' };
  await engine.tell(registry, id, RetryNoVC, { type: 'InitRoot', root });
  const ids = Array.from({ length: repoCount }, () => randomUuid());
  for (const [i, repoId] of ids.entries()) {
    // The loop confirms the repos before it meanwhile.
    const vid = RetryNoVC;
    const globalPath = `/data/${i}`;
    await initRepo(engine, { registry: NAME, vid, repoId, globalPath, creator: author });
  }
  await until(async () => {
    const { state } = await engine.find(registry, id);
    return ids.every((repoId) => state.repos.get(repoId)?.confirmed);
  });
  return ids;
}

/** Looks again after every commit. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (;;) {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const unsubscribe = journal.subscribe(() => {
      resolve(undefined);
    });
    try {
      if (await isSo()) return;
      await promise;
    } finally {
      unsubscribe();
    }
  }
}
