// Journals with a flaw each: what verification says of them.
import {
  JournalUnusableError,
  mainCodec,
  mainId,
  nilUlid,
  NoVC,
  randomUuid,
  registryId,
  repoCodec,
  ulidSource,
  workflowIndexId,
  type Direction,
  type Head,
  type Status,
  type Uuid,
} from '@permafrost/events';
import { operator } from '@permafrost/proto';
import {
  beginPing,
  pingRegistry,
  registry,
  repo,
  storageWorkflow,
  workflowIndex,
} from '@permafrost/workflow-core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { REGISTRY, TestInstallation } from '../testing/installation.ts';

let at: TestInstallation;
let foo: Uuid;
beforeEach(async () => {
  at = await TestInstallation.start();
  at.startStad();
  await at.initRegistry();
  foo = await at.initRepo('foo');
  await at.stopStad();
});
afterEach(() => at.stop());

async function findings(): Promise<string[]> {
  const messages = await at.client.all(operator.OperatorService.verify, {});
  const summary = messages.pop()?.item;
  const found = messages.flatMap(({ item }) => (item?.$case === 'finding' ? [item.value] : []));
  const problems = found.filter(({ severity }) => severity === 'error').length;
  expect(summary).toMatchObject({ $case: 'summary', value: { problems } });
  return found.map(({ code, history }) => `${code} ${history}`).sort();
}

const failure: Status = { code: 105, message: 'no luck' };
const direction: Direction = 'freeze';

test('a tier that only the repo has', async () => {
  const workflowId = randomUuid();
  const move = { direction, workflowId };
  await at.engine.tell(repo, foo, NoVC, { type: 'BeginStorage', ...move });
  await at.engine.tell(repo, foo, NoVC, { type: 'AbortStorage', ...move, status: failure });
  expect(await findings()).toEqual([`TIERS_DIFFER ${foo}`]);
});

test('a repo and a workflow that nobody lists', async () => {
  const stray = randomUuid();
  const init = (await at.engine.find(repo, foo)).state.init;
  if (!init) throw new Error('the repo is set up');
  await at.engine.tell(repo, stray, NoVC, {
    type: 'InitRepo',
    init: { ...init, globalPath: '/stray' },
  });
  expect(await findings()).toEqual([`REPO_NOT_LISTED ${stray}`]);
});

test('an index that lists a workflow that is not there', async () => {
  const workflowId = randomUuid();
  await at.engine.tell(workflowIndex, workflowIndexId(REGISTRY), NoVC, {
    type: 'BeginWorkflow',
    entry: { direction, workflowId, startedEventId: ulidSource()(), globalPath: '/x' },
  });
  expect(await findings()).toEqual([`WORKFLOW_MISSING ${workflowId}`]);
});

test('an index that tells of a workflow otherwise', async () => {
  const workflowId = randomUuid();
  await at.engine.tell(workflowIndex, workflowIndexId(REGISTRY), NoVC, {
    type: 'BeginWorkflow',
    entry: { direction, workflowId, startedEventId: ulidSource()(), globalPath: '/x' },
  });
  await at.engine.tell(storageWorkflow, workflowId, NoVC, {
    type: 'Init',
    direction,
    start: {
      registryId: registryId(REGISTRY),
      registryName: REGISTRY,
      repoId: foo,
      repoGlobalPath: '/y',
      author: { name: 'A', email: 'a@example.org' },
    },
  });
  // regd cannot bring the two together, and says so in its log again and again.
  expect(await findings()).toContain(`INDEX_DIFFERS ${workflowId}`);
});

test('a repo whose tier names a workflow that does something else', async () => {
  at.startStad();
  const other = await at.initRepo('bar');
  await at.stopStad();
  const workflowId = randomUuid();
  await at.begin(direction, other, workflowId);
  const tierOfOther = async () => (await at.engine.find(repo, other)).state.storage.tier;
  await expect.poll(tierOfOther).toBe('freezing');
  await moveOn(workflowId);
  expect(await findings()).toEqual([`REPO_HELD_BY_NO_WORKFLOW ${foo}`]);
});

test('a workflow at work on a repo that is not in its hands', async () => {
  const workflowId = randomUuid();
  const entry = { direction, workflowId, globalPath: '/x' };
  await at.regd.stop();
  await at.engine.transact(async (tx) => {
    const init = (await tx.find(repo, foo)).state.init;
    const startedEventId = await tx.tell(storageWorkflow, workflowId, {
      type: 'Init',
      direction,
      start: {
        registryId: registryId(REGISTRY),
        registryName: REGISTRY,
        repoId: foo,
        repoGlobalPath: init?.globalPath ?? '',
        author: { name: 'A', email: 'a@example.org' },
      },
    });
    await tx.tell(storageWorkflow, workflowId, { type: 'BeginFiles' });
    await tx.tell(workflowIndex, workflowIndexId(REGISTRY), {
      type: 'BeginWorkflow',
      entry: { ...entry, startedEventId, globalPath: init?.globalPath ?? '' },
    });
  });
  at.client.close();
  await at.startRegd();
  expect(await findings()).toEqual([`WORKFLOW_HOLDS_NO_REPO ${workflowId}`]);
});

describe('a ping', () => {
  const index = workflowIndexId(REGISTRY);
  const workflowId = randomUuid();
  const init = { type: 'Init', registryId: registryId(REGISTRY) } as const;

  test('that is not there, though the index lists it', async () => {
    const entry = { workflowId, startedEventId: ulidSource()() };
    await at.engine.tell(workflowIndex, index, NoVC, { type: 'BeginPing', entry });
    expect(await findings()).toEqual([`WORKFLOW_MISSING ${workflowId}`]);
  });

  test('that no index lists', async () => {
    await at.engine.tell(pingRegistry, workflowId, NoVC, init);
    // regd answers the ping meanwhile, and what moves on between two looks is not told.
    await expect.poll(findings).toContain(`WORKFLOW_NOT_INDEXED ${workflowId}`);
  });

  test('of which the index tells otherwise', async () => {
    const startedEventId = await at.engine.tell(pingRegistry, workflowId, NoVC, init);
    const entry = { workflowId, startedEventId };
    await at.engine.tell(workflowIndex, index, NoVC, { type: 'BeginPing', entry });
    const completed = { type: 'CommitPing', workflowId, completedEventId: ulidSource()() } as const;
    await at.engine.tell(workflowIndex, index, NoVC, completed);
    expect(await findings()).toEqual([`INDEX_DIFFERS ${workflowId}`]);
  });

  test('as it ought to be', async () => {
    await beginPing(at.engine, { registry: REGISTRY, workflowId });
    expect(await findings()).toEqual([]);
  });
});

test('a repo that is moved on at every look is not taken for contradictory', async () => {
  const read = at.journal.read.bind(at.journal);
  let isMoving = false;
  at.journal.read = async (history, options) => {
    if (history === foo && !isMoving) {
      isMoving = true;
      await moveOn();
      isMoving = false;
    }
    return read(history, options);
  };
  expect(await findings()).toEqual([]);
});

/** Both histories of the repo in one batch, so that they never contradict each other. */
async function moveOn(newId: Uuid = randomUuid()): Promise<void> {
  await at.engine.transact(async (tx) => {
    const { storage } = (await tx.find(repo, foo)).state;
    const workflowId = storage.tier === 'freezing' ? storage.workflowId : newId;
    if (workflowId === undefined) throw new Error('a repo that is being frozen names its workflow');
    const move = { direction, workflowId };
    const inRegistry = { ...move, repoId: foo };
    const id = registryId(REGISTRY);
    if (storage.tier === 'freezing') {
      const { code: statusCode } = failure;
      await tx.tell(repo, foo, { type: 'AbortStorage', ...move, status: failure });
      await tx.tell(registry, id, { type: 'AbortStorage', ...inRegistry, statusCode });
    } else {
      await tx.tell(repo, foo, { type: 'BeginStorage', ...move });
      await tx.tell(registry, id, { type: 'BeginStorage', ...inRegistry });
    }
  });
}

test('events that cannot be read, or make no sense', async () => {
  const nextId = ulidSource();
  const unreadable = randomUuid();
  const id = nextId();
  await at.journal.commit([
    {
      do: 'append',
      history: unreadable,
      kind: 'repo',
      id,
      parent: nilUlid,
      body: Uint8Array.of(255),
    },
  ]);
  const liar = randomUuid();
  const header = { id: nextId(), parent: nilUlid };
  const body = repoCodec.encode({ type: 'RepoErrorCleared' }, { ...header, id: nextId() });
  await at.journal.commit([{ do: 'append', history: liar, kind: 'repo', ...header, body }]);
  expect(await findings()).toEqual(
    [
      `EVENT_HEADER_DIFFERS ${liar}`,
      `EVENT_UNREADABLE ${unreadable}`,
      `REPO_NOT_LISTED ${liar}`,
      `REPO_NOT_LISTED ${unreadable}`,
    ].sort(),
  );
});

test('a damaged page, behind which nothing can be read', async () => {
  at.journal.checkIntegrity = () => Promise.resolve(['Tree 4 page 4: broken']);
  at.journal.heads = async function* () {
    yield* await Promise.reject<Head[]>(new JournalUnusableError('damaged'));
  };
  expect(await findings()).toEqual(['DATABASE_DAMAGED ']);
});

test('a registry that main confirms, and that has no events', async () => {
  const head = await at.journal.head(mainId);
  const nextId = ulidSource();
  const accepted = { id: nextId(), parent: head?.vid ?? nilUlid };
  const confirmed = { id: nextId(), parent: accepted.id };
  const append = { do: 'append', history: mainId, kind: 'main' } as const;
  const name = 'ghost';
  await at.regd.stop();
  await at.journal.commit([
    {
      ...append,
      ...accepted,
      body: mainCodec.encode({ type: 'RegistryAccepted', name }, accepted),
    },
    {
      ...append,
      ...confirmed,
      body: mainCodec.encode({ type: 'RegistryConfirmed', name }, confirmed),
    },
  ]);
  at.client.close();
  await at.startRegd();
  expect(await findings()).toEqual([`REGISTRY_MISSING ${registryId(name)}`]);
});

test('nothing is found while workflows are on their way', async () => {
  at.startStad();
  const verified = findings();
  await at.run('freeze', foo);
  expect(await verified).toEqual([]);
  expect(await findings()).toEqual([]);
});
