// A call that lasts ends with the token that let it in.
import { status } from '@grpc/grpc-js';
import { randomUuid, uuidToBytes, type Uuid } from '@permafrost/events';
import { FreezeRepoService, JobControl, RegistryService } from '@permafrost/proto';
import { RecordingLog } from '@permafrost/workflow-core/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { REGISTRY, TestInstallation } from '../testing/installation.ts';
import { failureOf, type RpcClient } from '../testing/rpc-client.ts';
import { SecureSite } from '../testing/secure-site.ts';

const HOUR_MS = 3_600_000;

const log = new RecordingLog();
let site: SecureSite;
let at: TestInstallation;
let workflow: Uuid;

beforeAll(async () => {
  site = await SecureSite.create();
  at = await TestInstallation.start({ site, log });
  at.startStad();
  await at.initRegistry();
  const repo = await at.initRepo('foo');
  await at.stopStad();
  workflow = randomUuid();
  await at.begin('freeze', repo, workflow);
});
beforeEach(() => {
  log.lines.length = 0;
});
afterAll(async () => {
  await at.stop();
  await site.remove();
});

/** Its token is good for 2 to 3 seconds, since the times of tokens are whole ones. */
async function shortLived(): Promise<RpcClient> {
  return site.client(at.port, { token: await site.token({ ageMs: HOUR_MS - 3_000 }) });
}

const expected = {
  status: status.UNAUTHENTICATED,
  text: 'the token expired while the call was open',
  code: 'TOKEN_EXPIRED',
  remedy: 'Get a new token, and ask again. What was begun goes on.',
};

test('a watch', async () => {
  const client = await shortLived();
  const watch = client.stream(RegistryService.events, { registry: REGISTRY, watch: true });
  expect(await watch.next()).toMatchObject({ done: false });
  const rest = async (): Promise<void> => {
    while (!(await watch.next()).done);
  };
  expect(await failureOf(rest())).toMatchObject(expected);
  expect(log.take('call refused')).toMatchObject([
    { rpc: RegistryService.events.path, subject: 'alice', code: 'TOKEN_EXPIRED' },
  ]);
  client.close();
});

test('a wait for the end of a workflow', async () => {
  const client = await shortLived();
  const request = { workflow: uuidToBytes(workflow), jobControl: JobControl.JC_WAIT };
  const wait = client.call(FreezeRepoService.getFreezeRepo, request);
  expect(await failureOf(wait)).toMatchObject(expected);
  expect(at.regd.callsOpen).toBe(0);
  client.close();
});
