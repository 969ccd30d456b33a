import { status } from '@grpc/grpc-js';
import {
  parseUlid,
  randomUuid,
  registryId,
  uuidToBytes,
  workflowIndexId,
} from '@permafrost/events';
import {
  GetRepoO_StorageTierCode as Tier,
  operator,
  RegistryService,
  ReposService,
} from '@permafrost/proto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  GLOBAL_ROOT,
  HOST,
  HOST_ROOT,
  REGISTRY,
  TestInstallation,
} from '../testing/installation.ts';
import { failureOf } from '../testing/rpc-client.ts';

const {
  findRepo,
  watchRepo,
  getStatus,
  listWorkflows,
  watchWorkflow,
  clearError,
  verify,
  collectGarbage,
  watchEvents,
} = operator.OperatorService;

let at: TestInstallation;
const foo = randomUuid();
const freeze = randomUuid();

beforeAll(async () => {
  at = await TestInstallation.start();
  at.startStad();
  await at.initRegistry();
  await at.initRepo('foo', foo);
  await at.run('freeze', foo, freeze);
});
afterAll(() => at.stop());

describe('a repo is found', () => {
  test.for<[string, string]>([
    ['by its id', foo],
    ['by its id in capitals', foo.toUpperCase()],
    ['by its global path', `${GLOBAL_ROOT}/foo`],
    ['by a path inside of it', `${GLOBAL_ROOT}/foo/deep/../down/`],
    ['by its path on the host', `${HOST_ROOT}/foo`],
    ['by a path inside of it on the host', `${HOST_ROOT}/foo/deep/down`],
  ])('%s', async ([, target]) => {
    const { repo } = await at.client.call(findRepo, { target });
    expect(repo).toMatchObject({
      id: foo,
      registry: REGISTRY,
      globalPath: `${GLOBAL_ROOT}/foo`,
      host: HOST,
      hostPath: `${HOST_ROOT}/foo`,
      shadowPath: `/shadow/${foo}.fso`,
      registryTier: Tier.ST_FROZEN,
      repoTier: Tier.ST_FROZEN,
      errorMessage: '',
      workflow: undefined,
    });
  });

  test.for(['/example', HOST_ROOT, 'foo', '', randomUuid()])(
    'not for what is none: %s',
    async (target) => {
      expect(await failureOf(at.client.call(findRepo, { target }))).toMatchObject({
        status: status.NOT_FOUND,
        code: 'REPO_NOT_FOUND',
      });
    },
  );

  test('only if its path on the host means one repo', async () => {
    const root = { registry: REGISTRY, hostRoot: '/both', gitlabNamespace: '' };
    for (const host of ['a', 'b']) {
      await at.client.call(RegistryService.initRoot, { ...root, host, globalRoot: `/${host}` });
      await at.client.call(RegistryService.initRepo, {
        registry: REGISTRY,
        globalPath: `/${host}/x`,
        creatorName: 'A',
        creatorEmail: 'a@example.org',
      });
    }
    expect(await failureOf(at.client.call(findRepo, { target: '/both/x' }))).toMatchObject({
      status: status.FAILED_PRECONDITION,
      code: 'REPO_AMBIGUOUS',
    });
    const { repo } = await at.client.call(findRepo, { target: '/a/x' });
    expect(repo).toMatchObject({ host: 'a', hostPath: '/both/x' });
  });
});

describe('workflows', () => {
  test('are listed, finished ones when asked for', async () => {
    const active = operator.ListWorkflowsRequest.fromPartial({
      registry: REGISTRY,
      includeFinished: false,
    });
    expect((await at.client.call(listWorkflows, active)).workflows).toEqual([]);
    const all = operator.ListWorkflowsRequest.fromPartial({
      registry: REGISTRY,
      includeFinished: true,
    });
    const { workflows } = await at.client.call(listWorkflows, all);
    expect(workflows).toHaveLength(1);
    expect(workflows[0]).toMatchObject({
      id: freeze,
      kind: 'freeze',
      registry: REGISTRY,
      repoId: foo,
      globalPath: `${GLOBAL_ROOT}/foo`,
      authorName: 'A U Thor',
      state: 'terminated',
      statusCode: 0,
      waitingFor: '',
    });
    const nope = at.client.call(
      listWorkflows,
      operator.ListWorkflowsRequest.fromPartial({ registry: 'nope', includeFinished: false }),
    );
    expect(await failureOf(nope)).toMatchObject({ status: status.NOT_FOUND });
  });

  test('are followed to their end, and a missing stad is named', async () => {
    await at.stopStad();
    const thaw = randomUuid();
    await at.begin('unfreeze', foo, thaw);
    const states: string[] = [];
    const waits: string[] = [];
    for await (const { workflow } of at.client.stream(watchWorkflow, { workflowId: thaw })) {
      states.push(workflow?.state ?? '');
      waits.push(workflow?.waitingFor ?? '');
      if (workflow?.state !== 'files' || !workflow.waitingFor.includes('not running')) continue;
      const { repo } = await at.client.call(findRepo, { target: foo });
      expect(repo?.workflow?.id).toBe(thaw);
      expect((await at.client.call(getStatus, {})).workflows.map(({ id }) => id)).toEqual([thaw]);
      at.startStad();
    }
    expect(states).toContain('files');
    expect(states.at(-1)).toBe('terminated');
    expect(waits).toContain(`stad on host ${HOST} (not running)`);
    expect(waits.at(-1)).toBe('');
  });

  test('that are unknown, or no id at all, are refused', async () => {
    const unknown = at.client.all(watchWorkflow, { workflowId: randomUuid() });
    expect(await failureOf(unknown)).toMatchObject({
      status: status.NOT_FOUND,
      code: 'WORKFLOW_UNKNOWN',
    });
    const none = at.client.all(watchWorkflow, { workflowId: 'x' });
    expect(await failureOf(none)).toMatchObject({
      status: status.INVALID_ARGUMENT,
      code: 'ID_MALFORMED',
    });
  });
});

test('the status names the daemons and the journal', async () => {
  const { daemons, journal } = await at.client.call(getStatus, {});
  expect(daemons.map(({ daemon, alive }) => [daemon, alive]).sort()).toEqual([
    ['regd', true],
    ['stad', true],
  ]);
  expect(journal?.path).toBe(`${at.dir}/journal.db`);
  expect(journal?.events).toBeGreaterThan(10);
  expect(journal?.bytes).toBeGreaterThan(0);
});

test('a repo is watched, and its error cleared', async () => {
  const repo = uuidToBytes(foo);
  const errors: string[] = [];
  for await (const { repo: view } of at.client.stream(watchRepo, { repoId: foo })) {
    errors.push(view?.errorMessage ?? '');
    if (errors.length === 1) {
      await at.client.call(ReposService.setRepoError, { repo, errorMessage: 'on fire' });
    } else if (errors.at(-1) === 'on fire') {
      const other = at.client.call(clearError, { repoId: foo, errorMessage: 'flood' });
      expect(await failureOf(other)).toMatchObject({ code: 'ERROR_MESSAGE_DIFFERS' });
      const { repoVid } = await at.client.call(clearError, { repoId: foo });
      expect(parseUlid(repoVid)).toBe(repoVid);
    } else break;
  }
  expect(errors).toEqual(['', 'on fire', '']);
});

describe('events', () => {
  test('of one history, and after one of them', async () => {
    const one = { history: freeze, watch: false };
    const all = await at.client.all(watchEvents, one);
    expect(all.map(({ event }) => event?.type)).toEqual([
      'EV_FSO_FREEZE_REPO_STARTED_2',
      'EV_FSO_FREEZE_REPO_FILES_STARTED',
      'EV_FSO_FREEZE_REPO_FILES_COMPLETED',
      'EV_FSO_FREEZE_REPO_COMPLETED_2',
      'EV_FSO_FREEZE_REPO_COMMITTED',
    ]);
    expect(all[0]?.event).toMatchObject({
      history: freeze,
      kind: 'workflow',
      label: `${GLOBAL_ROOT}/foo`,
    });
    expect(JSON.parse(all[1]?.event?.json ?? '')).toEqual({
      type: 'FilesStarted',
      direction: 'freeze',
    });
    const afterEvent = all[2]?.event?.id ?? '';
    expect(await at.client.all(watchEvents, { ...one, afterEvent })).toEqual(all.slice(3));
  });

  test('of all histories, in the order of the journal', async () => {
    const all = await at.client.all(watchEvents, { watch: false });
    const positions = all.map(({ event }) => event?.position ?? 0);
    expect(positions).toEqual([...positions].sort((a, b) => a - b));
    const kinds = new Set(all.map(({ event }) => `${event?.kind ?? ''} ${event?.label ?? ''}`));
    expect([...kinds]).toEqual(
      expect.arrayContaining(['main main', `registry ${REGISTRY}`, `index ${REGISTRY}`]),
    );
    const afterPosition = positions.at(-3) ?? 0;
    expect(await at.client.all(watchEvents, { afterPosition, watch: false })).toEqual(
      all.slice(-2),
    );
  });

  test('are watched', async () => {
    let label: string | undefined;
    for await (const { event } of at.client.stream(watchEvents, { watch: true })) {
      // The first event of the registry that is made because of the first event of all.
      if (event?.kind === 'main' && event.type === 'EV_FSO_MAIN_INITIALIZED') {
        await at.client.call(RegistryService.initRegistry, { registry: 'second' });
      }
      label = event?.label;
      if (label === 'second') break;
    }
    expect(label).toBe('second');
  });

  test.for([
    [{ history: 'x', watch: false }, status.INVALID_ARGUMENT, 'ID_MALFORMED'],
    [{ history: randomUuid(), watch: false }, status.NOT_FOUND, 'HISTORY_UNKNOWN'],
    [{ afterEvent: '0'.repeat(26), watch: false }, status.INVALID_ARGUMENT, 'HISTORY_MISSING'],
    [
      { history: registryId(REGISTRY), afterEvent: '01JDE2X5V5R8WQ1ZK8C3T9M4NP', watch: false },
      status.NOT_FOUND,
      'AFTER_UNKNOWN',
    ],
  ] as const)('are refused for %j', async ([request, code, name]) => {
    const call = at.client.all(watchEvents, request);
    expect(await failureOf(call)).toMatchObject({ status: code, code: name });
  });

  test('of an index that has none are none', async () => {
    await at.client.call(RegistryService.initRegistry, { registry: 'empty' });
    const request = { history: workflowIndexId('empty'), watch: false };
    expect(await at.client.all(watchEvents, request)).toEqual([]);
  });
});

test('a sound journal verifies, and old workflows are collected', async () => {
  const sound = await at.client.all(verify, {});
  expect(sound).toHaveLength(1);
  expect(sound[0]?.item).toMatchObject({ $case: 'summary', value: { problems: 0 } });
  const negative = at.client.call(collectGarbage, { olderThanMs: -1 });
  expect(await failureOf(negative)).toMatchObject({ status: status.INVALID_ARGUMENT });
  expect(await at.client.call(collectGarbage, {})).toEqual({
    deletedWorkflowIds: [],
    deleted: 0,
  });
  const { deleted, deletedWorkflowIds } = await at.client.call(collectGarbage, { olderThanMs: 0 });
  expect(deleted).toBe(2);
  expect(deletedWorkflowIds).toHaveLength(2);
  const gone = at.client.all(watchEvents, { history: freeze, watch: false });
  expect(await failureOf(gone)).toMatchObject({ code: 'HISTORY_UNKNOWN' });
  expect(await at.client.all(verify, {})).toHaveLength(1);
});
