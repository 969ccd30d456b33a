// regd with TLS and tokens: who gets in, who does not, and what is left of them in the log.
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { credentials, status } from '@grpc/grpc-js';
import type { Grant } from '@permafrost/access';
import { randomUuid, registryId, uuidToBytes, type Uuid } from '@permafrost/events';
import {
  EphemeralRegistryService,
  FreezeRepoService,
  MainService,
  operator,
  RegistryService,
  UnfreezeRepoService,
} from '@permafrost/proto';
import { RecordingLog } from '@permafrost/workflow-core/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { author, GLOBAL_ROOT, REGISTRY, TestInstallation } from '../testing/installation.ts';
import { failureOf, RpcClient, type Failure } from '../testing/rpc-client.ts';
import { SecureSite, type TokenOptions } from '../testing/secure-site.ts';

const log = new RecordingLog();
let site: SecureSite;
let at: TestInstallation;
let repo: Uuid;
let workflow: Uuid;
const clients: RpcClient[] = [];

beforeAll(async () => {
  site = await SecureSite.create();
  at = await TestInstallation.start({ site, log });
  at.startStad();
  await at.initRegistry();
  repo = await at.initRepo('foo');
  workflow = randomUuid();
  await at.run('freeze', repo, workflow);
});
beforeEach(() => {
  log.lines.length = 0;
});
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});
afterAll(async () => {
  await at.stop();
  await site.remove();
});

type Way = Parameters<SecureSite['client']>[1];

async function clientOf(way: Way, from: SecureSite = site): Promise<RpcClient> {
  const client = await from.client(at.port, { server: site, ...way });
  clients.push(client);
  return client;
}

async function clientWith(options: TokenOptions): Promise<RpcClient> {
  return clientOf({ token: await site.token(options) });
}

async function freeze(client: RpcClient): Promise<Failure> {
  const request = {
    registry: REGISTRY,
    repo: uuidToBytes(repo),
    workflow: uuidToBytes(randomUuid()),
    ...author,
  };
  return failureOf(client.call(FreezeRepoService.beginFreezeRepo, request));
}

const path = `${GLOBAL_ROOT}/foo`;
const refusedLine = {
  level: 'warn',
  message: 'call refused',
  rpc: FreezeRepoService.beginFreezeRepo.path,
  peer: expect.stringMatching(/^127\.0\.0\.1:/) as unknown,
  certificate: 'alice',
};

describe('is refused, with the right code and a line in the log:', () => {
  test('no token', async () => {
    expect(await freeze(await clientOf({}))).toMatchObject({
      status: status.UNAUTHENTICATED,
      text: 'missing GRPC authorization metadata',
      code: 'TOKEN_MISSING',
      details: undefined,
    });
    expect(log.take('call refused')).toMatchObject([
      { ...refusedLine, repo, subject: null, status: 'UNAUTHENTICATED', code: 'TOKEN_MISSING' },
    ]);
  });

  test('a token of another authority', async () => {
    const other = await SecureSite.create();
    try {
      expect(await freeze(await clientOf({ token: await other.token() }))).toMatchObject({
        status: status.UNAUTHENTICATED,
        text: expect.stringContaining('certificate signed by unknown authority') as unknown,
        code: 'TOKEN_UNTRUSTED',
      });
      expect(log.take('call refused')).toMatchObject([
        { ...refusedLine, subject: null, code: 'TOKEN_UNTRUSTED' },
      ]);
    } finally {
      await other.remove();
    }
  });

  test('a token for another repo', async () => {
    const grants: Grant[] = [{ can: ['freeze'], paths: [`${GLOBAL_ROOT}/bär`] }];
    expect(await freeze(await clientWith({ grants }))).toMatchObject({
      status: status.PERMISSION_DENIED,
      text: 'default deny',
      code: 'SCOPE_MISSING',
      remedy: `Get a token with the scope fso/freeze-repo path=${path}.`,
    });
    expect(log.take('call refused')).toMatchObject([
      {
        ...refusedLine,
        subject: 'alice',
        scopes: [`fso/freeze-repo path=${path}`],
        status: 'PERMISSION_DENIED',
        code: 'SCOPE_MISSING',
      },
    ]);
  });

  test('a token that has ended', async () => {
    const token = await site.token({ ageMs: 7_200_000 });
    const client = await clientOf({ token, reason: 'published' });
    expect(await freeze(client)).toMatchObject({
      status: status.UNAUTHENTICATED,
      text: 'invalid token: Token is expired',
      code: 'TOKEN_EXPIRED',
    });
    expect(log.take('call refused')).toMatchObject([
      { ...refusedLine, subject: 'alice', reason: 'published', code: 'TOKEN_EXPIRED' },
    ]);
  });

  test('a token that is bound to another host', async () => {
    const hosts = ['other.example.org'];
    expect(await freeze(await clientWith({ hosts }))).toMatchObject({
      status: status.UNAUTHENTICATED,
      code: 'TOKEN_OF_OTHER_PEER',
    });
    expect(log.take('call refused')).toMatchObject([
      // Whose token it is, is certain: that one has to be told.
      { ...refusedLine, subject: 'alice', code: 'TOKEN_OF_OTHER_PEER' },
    ]);
  });

  test('a client without a certificate', async () => {
    const client = await clientOf({ token: await site.token(), hasCertificate: false });
    expect((await freeze(client)).status).toBe(status.UNAVAILABLE);
    expect(log.take('TLS refused')[0]).toMatchObject({
      level: 'warn',
      reason: 'ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE',
    });
  });

  test('a client with a certificate of another authority', async () => {
    const other = await SecureSite.create();
    try {
      const client = await clientOf({ token: await site.token() }, other);
      expect((await freeze(client)).status).toBe(status.UNAVAILABLE);
      // The client of the test before may have tried once more.
      expect(log.take('TLS refused').map(({ level, reason }) => [level, reason])).toContainEqual([
        'warn',
        'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      ]);
    } finally {
      await other.remove();
    }
  });
});

test('who may, and changes something, is in the log', async () => {
  const client = await clientWith({ hosts: [SecureSite.clientHost] });
  await client.call(RegistryService.enableEphemeralWorkflows, { registry: REGISTRY });
  await client.call(MainService.getRegistries, {});
  expect(log.lines.filter(({ message }) => message.startsWith('call'))).toMatchObject([
    {
      level: 'info',
      rpc: RegistryService.enableEphemeralWorkflows.path,
      subject: 'alice',
      certificate: 'alice',
      scopes: [`fso/init-registry name=${REGISTRY}`],
      status: 'OK',
      code: null,
    },
  ]);
});

test('who comes through the socket needs no token, and is in the log all the same', async () => {
  await at.client.call(RegistryService.enableEphemeralWorkflows, { registry: REGISTRY });
  expect(log.take('call')).toMatchObject([
    { subject: null, certificate: null, peer: `unix:uid=${process.getuid?.() ?? 0}`, status: 'OK' },
  ]);
});

describe('the events that a call appends tell who asked, and why', () => {
  const { watchEvents } = operator.OperatorService;
  const begin = (client: RpcClient, id: Uuid): Promise<unknown> =>
    client.call(UnfreezeRepoService.beginUnfreezeRepo, {
      registry: REGISTRY,
      repo: uuidToBytes(repo),
      workflow: uuidToBytes(id),
      ...author,
    });
  const originsOf = async (history: Uuid): Promise<unknown[]> => {
    const events = await at.client.all(watchEvents, { history, watch: false });
    return events.map(({ event }) => event?.origin);
  };

  test('by token and certificate, and not those that daemons append by themselves', async () => {
    const token = await site.token();
    const client = await clientOf({ token, reason: 'prüfen, ob es stimmt' });
    const id = randomUuid();
    await begin(client, id);
    const asked = { subject: 'alice', certificate: 'alice', reason: 'prüfen, ob es stimmt' };
    expect((await originsOf(id)).slice(0, 2)).toEqual([{ ...asked, uid: undefined }, undefined]);
    expect(log.take('call')).toMatchObject([asked]);
    const { listWorkflows } = operator.OperatorService;
    const list = operator.ListWorkflowsRequest.fromPartial({
      registry: REGISTRY,
      includeFinished: true,
    });
    const { workflows } = await at.client.call(listWorkflows, list);
    expect(workflows.find((one) => one.id === id)?.origin).toMatchObject(asked);
  });

  test('by the user at the other end of the socket', async () => {
    const registry = 'by-socket';
    await at.client.call(RegistryService.initRegistry, { registry });
    const [first] = await originsOf(registryId(registry));
    expect(first).toMatchObject({ subject: '', certificate: '', uid: process.getuid?.() });
  });

  test('but the streams of the Go system hold what they always held', async () => {
    const messages = await at.client.all(RegistryService.events, {
      registry: REGISTRY,
      watch: false,
    });
    expect(messages.flatMap(({ events }) => events.map(({ origin }) => origin))).toEqual(
      messages.map(() => undefined),
    );
  });

  test('a reason that is no reason but a book is refused, with a line in the log', async () => {
    const client = await clientOf({ token: await site.token(), reason: 'x'.repeat(501) });
    expect(await failureOf(begin(client, randomUuid()))).toMatchObject({
      status: status.INVALID_ARGUMENT,
      code: 'REASON_TOO_LONG',
    });
    expect(log.take('call')).toMatchObject([{ subject: 'alice', code: 'REASON_TOO_LONG' }]);
  });
});

test('who shows a token on the socket is held to it', async () => {
  const token = await site.token({ grants: [{ can: ['read'], names: ['main'] }] });
  const client = new RpcClient(`unix:${at.socket}`, { token });
  clients.push(client);
  await client.call(MainService.getRegistries, {});
  const info = client.call(RegistryService.info, { registry: REGISTRY });
  expect((await failureOf(info)).code).toBe('SCOPE_MISSING');
});

test('a caller without a token is told which scope to ask for, as recorded', async () => {
  const client = await clientOf({});
  const roots = client.call(RegistryService.getRoots, { registry: 'exreg' });
  expect((await failureOf(roots)).details).toBe(
    '081012236d697373696e67204752504320617574686f72697a6174696f6e206d657461646174611a4a0a2c747970652e676f6f676c65617069732e636f6d2f6e6f6766736f2e41757468526571756972656453636f7065121a0a1166736f2f726561642d726567697374727912056578726567',
  );
  expect(log.take('call refused')).toMatchObject([{ scopes: ['fso/read-registry name=exreg'] }]);
  const registries = client.call(MainService.getRegistries, {});
  expect((await failureOf(registries)).details).toBeUndefined();
});

test('the events of a workflow are for those who may read its repo', async () => {
  const request = { registry: REGISTRY, workflow: uuidToBytes(workflow), watch: false };
  const ofRegistry: Grant = { can: ['read'], names: [REGISTRY] };
  const events = (client: RpcClient): Promise<unknown[]> =>
    client.all(EphemeralRegistryService.registryWorkflowEvents, request);
  const stranger = await clientWith({ grants: [ofRegistry] });
  expect(await failureOf(events(stranger))).toMatchObject({
    status: status.PERMISSION_DENIED,
    remedy: `Get a token with the scope fso/read-repo path=${path}.`,
  });
  expect(log.take('call refused')).toMatchObject([
    { scopes: [`fso/read-registry name=${REGISTRY}`, `fso/read-repo path=${path}`] },
  ]);
  const reader = await clientWith({ grants: [ofRegistry, { can: ['read'], paths: [path] }] });
  expect(await events(reader)).toHaveLength(5);
});

test('a missing scope outside of ASCII is told in ASCII', async () => {
  const client = await clientWith({ grants: [{ can: ['read'], paths: ['/x'] }] });
  const root = client.call(RegistryService.getRoot, { registry: REGISTRY, globalRoot: '/bär\n' });
  expect((await failureOf(root)).remedy).toContain(String.raw`path=/b\u00e4r\u000a.`);
});

test('a certificate that was replaced is shown as soon as it is read, and a broken one never', async () => {
  const other = await SecureSite.create();
  try {
    const mine = join(site.dir, 'regd.pem');
    const before = await readFile(mine);
    // Now only those who trust the other authority can still be sure of this regd.
    await copyFile(join(other.dir, 'regd.pem'), mine);
    await at.trust.reload();
    expect(log.take('certificates read again')).toHaveLength(1);
    const token = await site.token();
    const call = async (server: SecureSite): Promise<unknown> =>
      (await clientOf({ token, server })).call(MainService.getRegistries, {});
    await call(other);
    expect((await failureOf(call(site))).status).toBe(status.UNAVAILABLE);

    await writeFile(mine, 'no certificate');
    await at.trust.reload();
    expect(log.lines.at(-1)).toMatchObject({ level: 'error' });
    await call(other);

    await writeFile(mine, before);
    await at.trust.reload();
    await call(site);
  } finally {
    await other.remove();
  }
});

test('the port speaks nothing but TLS', async () => {
  const client = new RpcClient(at.port, { credentials: credentials.createInsecure() });
  clients.push(client);
  expect((await failureOf(client.call(MainService.getRegistries, {}))).status).toBe(
    status.UNAVAILABLE,
  );
});
