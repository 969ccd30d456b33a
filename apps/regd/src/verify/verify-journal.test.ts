// Journals with a flaw each: what verification says of them.
import {
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
  type Status,
  type Uuid,
} from '@permafrost/events';
import { operator } from '@permafrost/proto';
import { repo, storageWorkflow, workflowIndex } from '@permafrost/workflow-core';
import { afterEach, beforeEach, expect, test } from 'vitest';
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
