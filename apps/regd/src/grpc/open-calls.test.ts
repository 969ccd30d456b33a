// Limits on calls that wait or watch, on a real socket: what is too much is refused, all else goes on,
// and the place of a call is free again however the call ends.
import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { Client, credentials, Metadata, status } from '@grpc/grpc-js';
import { randomUuid, uuidToBytes } from '@permafrost/events';
import { FreezeRepoService, HealthService, JobControl } from '@permafrost/proto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestInstallation } from '../testing/installation.ts';
import { failureOf, RpcClient } from '../testing/rpc-client.ts';
import { OpenCalls } from './open-calls.ts';
import { peerAddress } from './peer-name.ts';

let at: TestInstallation;
let workflow: Uint8Array;
beforeAll(async () => {
  const callLimits = { callsMax: 5, lastingMax: 4, lastingOfPeerMax: 3 };
  at = await TestInstallation.start({ callLimits });
  at.startStad();
  await at.initRegistry();
  const repo = await at.initRepo('foo');
  await at.stopStad();
  const id = randomUuid();
  await at.begin('freeze', repo, id);
  workflow = uuidToBytes(id);
});
afterAll(() => at.stop());

/** Waits for a workflow that nobody serves. */
const wait = (client: RpcClient): Promise<unknown> =>
  client.call(FreezeRepoService.getFreezeRepo, { workflow, jobControl: JobControl.JC_WAIT });

async function watch(client: RpcClient): Promise<AsyncGenerator> {
  const stream = client.stream(HealthService.watch, { service: '' });
  await stream.next();
  return stream;
}

const refusal = {
  status: status.RESOURCE_EXHAUSTED,
  code: 'TOO_MANY_CALLS',
  remedy: 'Nothing was done. Try again later, or end some calls that wait or watch.',
};

const { path, requestSerialize, responseDeserialize } = FreezeRepoService.getFreezeRepo;

function openWait(client: Client, deadline?: number): { cancel(): void } {
  const request = { workflow, jobControl: JobControl.JC_WAIT };
  const until = deadline === undefined ? {} : { deadline };
  return client.makeUnaryRequest(
    path,
    requestSerialize,
    responseDeserialize,
    request,
    new Metadata(),
    until,
    () => undefined,
  );
}

/** A wait over a connection that can be cut, without a word of HTTP/2. */
function openWaitOn(socket: Socket): void {
  const session = connectHttp2('http://localhost', { createConnection: () => socket });
  session.on('error', () => undefined);
  const headers = { 'content-type': 'application/grpc', te: 'trailers' };
  const call = session.request({ ':method': 'POST', ':path': path, ...headers });
  call.on('error', () => undefined);
  const message = requestSerialize({ workflow, jobControl: JobControl.JC_WAIT });
  call.end(Buffer.concat([Buffer.from([0, 0, 0, 0, message.length]), message]));
}

test('a place is free again when the client cancels, runs out of time or is cut off', async () => {
  const client = new Client(`unix:${at.socket}`, credentials.createInsecure());
  const open = expect.poll(() => at.regd.callsOpen);
  await open.toBe(0);
  const call = openWait(client);
  await open.toBe(1);
  call.cancel();
  await open.toBe(0);

  // Long enough for a busy machine to see the call before its time is over.
  openWait(client, Date.now() + 2000);
  await open.toBe(1);
  await open.toBe(0);

  const socket = connect(at.socket);
  openWaitOn(socket);
  await open.toBe(1);
  socket.destroy();
  await open.toBe(0);

  const streams = await Promise.all([watch(at.client), watch(at.client), watch(at.client)]);
  for (const stream of streams) await stream.return(undefined);
  client.close();
});

test('a connection is told how many calls it may have at once', async () => {
  const session = connectHttp2('http://localhost', { createConnection: () => connect(at.socket) });
  const [settings] = (await once(session, 'remoteSettings')) as [{ maxConcurrentStreams?: number }];
  expect(settings.maxConcurrentStreams).toBe(1000);
  session.destroy();
});

test('waits and streams of one peer are limited together, over all of its connections', async () => {
  await expect.poll(() => at.regd.callsOpen).toBe(0);
  const other = new RpcClient(`unix:${at.socket}`);
  const waiting = [failureOf(wait(at.client)), failureOf(wait(other))];
  const stream = await watch(at.client);
  await expect.poll(() => at.regd.callsOpen).toBe(3);
  const end = await at.journal.end();

  expect(await failureOf(wait(other))).toMatchObject(refusal);
  await expect(watch(other)).rejects.toMatchObject({ code: status.RESOURCE_EXHAUSTED });

  expect(await at.journal.end()).toBe(end);
  expect(at.regd.callsOpen).toBe(3);
  const asked = { workflow, jobControl: JobControl.JC_UNSPECIFIED };
  expect(await other.call(FreezeRepoService.getFreezeRepo, asked)).toBeDefined();
  await stream.return(undefined);
  await expect.poll(() => at.regd.callsOpen).toBe(2);
  await (await watch(other)).return(undefined);
  await at.regd.stop();
  expect(await Promise.all(waiting)).toMatchObject([{ code: 'SHUTDOWN' }, { code: 'SHUTDOWN' }]);
  other.close();
});

test('all peers together, and all calls of any kind, have their limits', () => {
  const calls = new OpenCalls({ callsMax: 4, lastingMax: 3, lastingOfPeerMax: 2 });
  const lasting = (peer: string): Disposable => calls.begin({ peer, isLasting: true });
  lasting('a');
  const second = lasting('a');
  expect(() => lasting('a')).toThrow('a has 2 calls that wait or watch, and takes no more');
  lasting('b');
  expect(() => lasting('c')).toThrow('regd has 3 calls that wait or watch, and takes no more');
  calls.begin({ peer: 'a', isLasting: false });
  expect(() => calls.begin({ peer: 'c', isLasting: false })).toThrow('regd has 4 calls under way');
  second[Symbol.dispose]();
  second[Symbol.dispose]();
  lasting('a');
  expect(() => lasting('c')).toThrow('regd has');
});

test.for([
  ['127.0.0.1:50123', '127.0.0.1'],
  ['::1:50123', '::1'],
  ['unix:uid=1000', 'unix:uid=1000'],
])('%s is a connection of %s', ([peer, address]) => {
  expect(peerAddress(peer ?? '')).toBe(address);
});
