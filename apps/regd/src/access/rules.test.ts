// Each call with the scope that it asks for: over TLS, with a token that is good for nothing, and
// with one that is good for all. The scopes are those of the contract (spec: wire format, 8).
import { status } from '@grpc/grpc-js';
import { randomUuid, uuidToBytes } from '@permafrost/events';
import {
  BroadcastService,
  EphemeralRegistryService,
  FreezeRepoService,
  HealthService,
  LiveBroadcastService,
  MainService,
  operator,
  PingRegistryService,
  reflection,
  reflectionAlpha,
  RegistryFreezeRepoService,
  RegistryService,
  RegistryUnfreezeRepoService,
  ReposFreezeRepoService,
  ReposService,
  ReposUnfreezeRepoService,
  StatService,
  UnfreezeRepoService,
} from '@permafrost/proto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { GLOBAL_ROOT, REGISTRY, TestInstallation } from '../testing/installation.ts';
import { failureOf, type RpcClient } from '../testing/rpc-client.ts';
import { SecureSite } from '../testing/secure-site.ts';
import { rules } from './rules.ts';

const repoId = randomUuid();
const freezing = randomUuid();
const unfreezing = randomUuid();
const registry = REGISTRY;
const repo = uuidToBytes(repoId);
const freeze = { workflow: uuidToBytes(freezing) };
const unfreeze = { workflow: uuidToBytes(unfreezing) };
const ping = { workflow: uuidToBytes(randomUuid()) };
const step = { registry, repo, workflow: uuidToBytes(randomUuid()) };
const globalRoot = `${GLOBAL_ROOT}/./`;
const { OperatorService } = operator;

const ofMain = 'fso/read-main name=main';
const ofRegistry = `fso/read-registry name=${registry}`;
const onRoot = `path=${GLOBAL_ROOT}`;
const onRepo = `path=${GLOBAL_ROOT}/foo`;

interface Method {
  readonly path: string;
  readonly requestSerialize: (value: never) => Buffer;
  readonly requestDeserialize: (bytes: Buffer) => object;
}
type Row = readonly [string, Method, object];
const calls: readonly Row[] = [
  [ofMain, MainService.getRegistries, {}],
  ['fso/init-registry name=other', RegistryService.initRegistry, { registry: 'other' }],
  [`fso/init-registry name=${registry}`, RegistryService.enableEphemeralWorkflows, { registry }],
  [`fso/init-root ${onRoot}`, RegistryService.initRoot, { registry, globalRoot }],
  [`fso/delete-root ${onRoot}`, RegistryService.removeRoot, { registry, globalRoot }],
  ['fso/init-repo path=/x', RegistryService.initRepo, { registry, globalPath: '/x' }],
  [ofRegistry, RegistryService.info, { registry }],
  [ofRegistry, RegistryService.getRoots, { registry }],
  [`fso/read-root ${onRoot}`, RegistryService.getRoot, { registry, globalRoot }],
  [ofRegistry, RegistryService.getRepos, { registry }],
  [`fso/read-repo ${onRepo}`, RegistryService.getRepoAclPolicy, { registry, repo }],
  [ofRegistry, RegistryService.events, { registry }],
  [ofRegistry, EphemeralRegistryService.registryWorkflowIndexEvents, { registry }],
  [ofRegistry, EphemeralRegistryService.registryWorkflowEvents, { registry, ...freeze }],
  [`fso/read-repo ${onRepo}`, ReposService.getRepo, { repo }],
  [`fso/confirm-repo ${onRepo}`, ReposService.confirmShadow, { repo }],
  [`fso/confirm-repo ${onRepo}`, ReposService.setRepoError, { repo }],
  [`fso/init-repo ${onRepo}`, ReposService.clearRepoError, { repo }],
  [`fso/read-repo ${onRepo}`, ReposService.events, { repo }],
  [`fso/freeze-repo ${onRepo}`, FreezeRepoService.beginFreezeRepo, { registry, repo }],
  [`fso/freeze-repo ${onRepo}`, FreezeRepoService.getFreezeRepo, freeze],
  [`fso/exec-freeze-repo ${onRepo}`, FreezeRepoService.commitFreezeRepo, freeze],
  [`fso/exec-freeze-repo ${onRepo}`, FreezeRepoService.abortFreezeRepo, freeze],
  [`fso/exec-freeze-repo ${onRepo}`, FreezeRepoService.beginFreezeRepoFiles, freeze],
  [`fso/exec-freeze-repo ${onRepo}`, FreezeRepoService.commitFreezeRepoFiles, freeze],
  [`fso/exec-freeze-repo ${onRepo}`, FreezeRepoService.abortFreezeRepoFiles, freeze],
  [`fso/unfreeze-repo ${onRepo}`, UnfreezeRepoService.beginUnfreezeRepo, { registry, repo }],
  [`fso/unfreeze-repo ${onRepo}`, UnfreezeRepoService.getUnfreezeRepo, unfreeze],
  [`fso/exec-unfreeze-repo ${onRepo}`, UnfreezeRepoService.commitUnfreezeRepo, unfreeze],
  [`fso/exec-unfreeze-repo ${onRepo}`, UnfreezeRepoService.abortUnfreezeRepo, unfreeze],
  [`fso/exec-unfreeze-repo ${onRepo}`, UnfreezeRepoService.beginUnfreezeRepoFiles, unfreeze],
  [`fso/exec-unfreeze-repo ${onRepo}`, UnfreezeRepoService.commitUnfreezeRepoFiles, unfreeze],
  [`fso/exec-unfreeze-repo ${onRepo}`, UnfreezeRepoService.abortUnfreezeRepoFiles, unfreeze],
  ...stepsOf('freeze', RegistryFreezeRepoService, ReposFreezeRepoService),
  ...stepsOf('unfreeze', RegistryUnfreezeRepoService, ReposUnfreezeRepoService),
  ['bc/read name=all', BroadcastService.events, { channel: 'all' }],
  ['bc/read name=allaggsig', LiveBroadcastService.aggregateSignals, {}],
  [`fso/refresh-repo ${onRepo}`, StatService.stat, { repo }],
  [`fso/refresh-repo ${onRepo}`, StatService.statStatus, { repo }],
  [`fso/admin-registry name=${registry}`, PingRegistryService.beginPingRegistry, { registry }],
  [`fso/exec-ping-registry name=${registry}`, PingRegistryService.serverPing, ping],
  [`fso/exec-ping-registry name=${registry}`, PingRegistryService.postServerPingSummary, ping],
  [`fso/admin-registry name=${registry}`, PingRegistryService.commitPingRegistry, ping],
  [`fso/admin-registry name=${registry}`, PingRegistryService.getRegistryPings, ping],
  [`fso/read-repo ${onRepo}`, OperatorService.findRepo, { target: `${GLOBAL_ROOT}/foo/bar` }],
  [`fso/read-repo ${onRepo}`, OperatorService.watchRepo, { repoId }],
  [ofMain, OperatorService.getStatus, {}],
  ['fso/admin-registry name=*', OperatorService.examineHosts, {}],
  [ofRegistry, OperatorService.listWorkflows, { registry }],
  [`fso/read-repo ${onRepo}`, OperatorService.watchWorkflow, { workflowId: freezing }],
  [`fso/read-repo ${onRepo}`, OperatorService.checkRepo, { repoId }],
  [`fso/read-repo ${onRepo}`, OperatorService.planStorage, { repoId }],
  [`fso/init-repo ${onRepo}`, OperatorService.clearError, { repoId }],
  [`fso/freeze-repo ${onRepo}`, OperatorService.cancelWorkflow, { workflowId: freezing }],
  [`fso/unfreeze-repo ${onRepo}`, OperatorService.cancelWorkflow, { workflowId: unfreezing }],
  [
    `fso/break-glass ${onRepo}`,
    OperatorService.cancelWorkflow,
    { workflowId: freezing, force: true },
  ],
  ['fso/admin-registry name=*', OperatorService.verify, {}],
  ['fso/admin-registry name=*', OperatorService.collectGarbage, {}],
  [ofMain, OperatorService.watchEvents, {}],
  [`fso/read-repo ${onRepo}`, OperatorService.watchEvents, { history: repoId }],
  [`fso/read-repo ${onRepo}`, OperatorService.watchEvents, { history: freezing }],
];

/** Those that ask for nothing, but that one is known. */
const open = [
  HealthService.check,
  HealthService.watch,
  reflection.ServerReflectionService.serverReflectionInfo,
  reflectionAlpha.ServerReflectionService.serverReflectionInfo,
].map(({ path }) => path);

function stepsOf(direction: string, ...services: readonly Record<string, Method>[]): Row[] {
  return services
    .flatMap((service) => Object.values(service))
    .map((method) => [`fso/exec-${direction}-repo ${onRepo}`, method, step]);
}

let site: SecureSite;
let at: TestInstallation;
let stranger: RpcClient;
let friend: RpcClient;
beforeAll(async () => {
  site = await SecureSite.create();
  at = await TestInstallation.start({ site });
  at.startStad();
  await at.initRegistry();
  await at.initRepo('foo', repoId);
  await at.run('freeze', repoId, freezing);
  await at.run('unfreeze', repoId, unfreezing);
  await at.client.call(PingRegistryService.beginPingRegistry, { registry, ...ping });
  const nothing = [{ can: ['stat' as const], paths: ['/nowhere'] }];
  stranger = await site.client(at.port, { token: await site.token({ grants: nothing }) });
  friend = await site.client(at.port, { token: await site.token() });
});
afterAll(async () => {
  stranger.close();
  friend.close();
  await at.stop();
  await site.remove();
});

test('the table has each call that there is', () => {
  const listed = new Set([...calls.map(([, { path }]) => path), ...open]);
  expect([...rules.keys()].filter((path) => !listed.has(path))).toEqual([]);
});

const named = calls.map(
  ([scope, method, request]) => [method.path, scope, method, request] as const,
);

test.for(named)('%s asks for %s', async ([, scope, method, request]) => {
  expect(await failureOf(firstOf(stranger, method, request))).toMatchObject({
    status: status.PERMISSION_DENIED,
    code: 'SCOPE_MISSING',
    text: 'default deny',
    remedy: `Get a token with the scope ${scope}.`,
  });
});

/** These answer only once a stad does, or something happens. Their own tests tell that they do. */
const waiting: readonly string[] = [
  StatService.statStatus.path,
  OperatorService.checkRepo.path,
  OperatorService.planStorage.path,
  LiveBroadcastService.aggregateSignals.path,
];
const answering = named.filter(([path]) => !waiting.includes(path));

test.for(answering)('%s is open to those who may: %s', async ([, , method, request]) => {
  const outcome = await firstOf(friend, method, request).then(
    () => undefined,
    (error: unknown) => failureOf(Promise.reject(error as Error)),
  );
  expect(outcome?.status).not.toBe(status.PERMISSION_DENIED);
  expect(outcome?.status).not.toBe(status.UNAUTHENTICATED);
});

/** Makes a call of whatever kind, and stays for the first answer only. */
async function firstOf(client: RpcClient, method: Method, request: object): Promise<void> {
  const whole = { ...method.requestDeserialize(Buffer.alloc(0)), ...request };
  const raw = {
    path: method.path,
    requestSerialize: () => method.requestSerialize(whole as never),
    responseDeserialize: (bytes: Buffer) => bytes,
  };
  await client.stream(raw, undefined).next();
}
