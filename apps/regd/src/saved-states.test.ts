// What regd keeps over a restart, so that a start does not read old histories.
import { registryId, randomUuid, ulidSource, workflowIndexId, type Uuid } from '@permafrost/events';
import { operator } from '@permafrost/proto';
import { registry, workflowIndex } from '@permafrost/workflow-core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { REGISTRY, TestInstallation } from './testing/installation.ts';

const patience = { timeout: 10_000 };

const { collectGarbage, listWorkflows, verify, watchWorkflow } = operator.OperatorService;
const index = workflowIndexId(REGISTRY);

let at: TestInstallation;
beforeEach(async () => {
  at = await TestInstallation.start();
  await at.initRegistry();
});
afterEach(() => at.stop());

/** Makes the history of the index so long that a state of it is worth saving, and a snapshot, too. */
async function finishMany(count = 500): Promise<void> {
  const nextId = ulidSource();
  await at.engine.transact(async (tx) => {
    for (let i = 0; i < count; i++) {
      const workflowId = randomUuid();
      const entry = { direction: 'freeze', workflowId, startedEventId: nextId() } as const;
      const globalPath = `/example/data/${i}`;
      await tx.tell(workflowIndex, index, {
        type: 'BeginWorkflow',
        entry: { ...entry, globalPath },
      });
      const completedEventId = nextId();
      await tx.tell(workflowIndex, index, { type: 'CommitWorkflow', workflowId, completedEventId });
    }
  });
}

async function restart(): Promise<void> {
  at.client.close();
  await at.regd.stop();
  await at.startRegd();
}

/** Puts a state in the place of the saved one that says the history were empty. */
async function saveLie(history: Uuid, format: string, bytes: Uint8Array): Promise<void> {
  const head = await at.journal.head(history);
  if (!head) throw new Error('the history has begun');
  await at.journal.saveState(history, { format, vid: head.vid, bytes });
}

test('regd saves the state of a long index, and starts from it', async () => {
  await finishMany();
  await at.client.call(
    listWorkflows,
    operator.ListWorkflowsRequest.fromPartial({ registry: REGISTRY, includeFinished: true }),
  );
  const saved = await vi.waitUntil(() => at.journal.loadState(index), patience);
  expect(saved.vid).toBe((await at.journal.head(index))?.vid);

  const none = workflowIndex.stateCodec?.encode(workflowIndex.initial) ?? new Uint8Array();
  await saveLie(index, saved.format, none);
  await restart();
  const request = operator.ListWorkflowsRequest.fromPartial({
    registry: REGISTRY,
    includeFinished: true,
  });
  expect((await at.client.call(listWorkflows, request)).workflows).toEqual([]);
});

test('verify asks the events, whatever regd has started from', async () => {
  at.startStad();
  const repo = await at.initRepo('foo');
  await at.stopStad();
  const lie = JSON.stringify({ name: REGISTRY, roots: [], repos: [] });
  await saveLie(registryId(REGISTRY), 'registry 1', new TextEncoder().encode(lie));
  await restart();
  const { repos } = (await at.engine.find(registry, registryId(REGISTRY))).state;
  expect([...repos.keys()]).toEqual([repo]);
  const [only] = await at.client.all(verify, {});
  expect(only?.item).toMatchObject({ $case: 'summary', value: { problems: 0 } });
});

test('collecting garbage also cuts a long index short', async () => {
  await finishMany();
  const { deletedWorkflowIds } = await at.client.call(collectGarbage, { olderThanMs: 0 });
  expect(deletedWorkflowIds).toHaveLength(500);
  expect((await at.engine.find(workflowIndex, index)).state.eventsSinceSnapshot).toBe(0);
});

test('a start reads no history of a workflow that has ended', async () => {
  at.startStad();
  const repo = await at.initRepo('foo');
  const [ended, active] = [randomUuid(), randomUuid()];
  await at.begin('freeze', repo, ended);
  await at.client.all(watchWorkflow, { workflowId: ended });
  await at.stopStad();
  await at.begin('unfreeze', repo, active);
  const read = vi.spyOn(at.journal, 'read');
  const heads = at.journal.heads.bind(at.journal);
  let hasLooked = false;
  vi.spyOn(at.journal, 'heads').mockImplementation(async function* () {
    yield* heads();
    hasLooked = true;
  });
  await restart();
  await vi.waitUntil(
    () => hasLooked && read.mock.calls.some(([history]) => history === active),
    patience,
  );
  await at.regd.stop();
  expect(read.mock.calls.map(([history]) => history)).not.toContain(ended);
  await at.startRegd();
});

test('a page of workflows reads only what it shows', async () => {
  await finishMany();
  const head = vi.spyOn(at.journal, 'head');
  const shown: string[] = [];
  let pageToken = '';
  do {
    head.mockClear();
    const request = { registry: REGISTRY, includeFinished: true, pageSize: 150, pageToken };
    const page = await at.client.call(
      listWorkflows,
      operator.ListWorkflowsRequest.fromPartial(request),
    );
    const ownIds = new Set([index, registryId(REGISTRY), ...page.workflows.map(({ id }) => id)]);
    expect(head.mock.calls.filter(([history]) => !ownIds.has(history))).toEqual([]);
    shown.push(...page.workflows.map(({ globalPath }) => globalPath));
    pageToken = page.nextPageToken;
  } while (pageToken !== '');
  expect(shown).toEqual(Array.from({ length: 500 }, (_, i) => `/example/data/${i}`));

  const last = operator.ListWorkflowsRequest.fromPartial({
    registry: REGISTRY,
    includeFinished: true,
    newestFirst: true,
    globalPath: '/example/data/17',
  });
  const { workflows, nextPageToken } = await at.client.call(listWorkflows, last);
  expect(workflows.map(({ globalPath }) => globalPath)).toEqual(['/example/data/17']);
  expect(nextPageToken).toBe('');
});
