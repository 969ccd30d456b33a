// Pings of all servers through regd's calls: with nobody but the client, and with a regd that answers.
import { status } from '@grpc/grpc-js';
import { randomUuid, registryId, uuidToBytes, type Uuid } from '@permafrost/events';
import {
  EphemeralRegistryService,
  GetRegistryPingsO_StatusCode as Code,
  JobControl,
  operator,
  PingRegistryService,
  WorkflowEvent_Type as Type,
  type GetRegistryPingsO,
} from '@permafrost/proto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { REGISTRY, TestInstallation } from '../testing/installation.ts';
import { failureOf } from '../testing/rpc-client.ts';

const {
  beginPingRegistry,
  commitPingRegistry,
  getRegistryPings,
  postServerPingSummary,
  serverPing,
} = PingRegistryService;

let at: TestInstallation;

beforeAll(async () => {
  at = await TestInstallation.start();
  await at.initRegistry();
});
afterAll(() => at.stop());

async function begin(id: Uuid = randomUuid(), vid?: Uint8Array): Promise<Uint8Array> {
  const workflow = uuidToBytes(id);
  await at.client.call(beginPingRegistry, {
    registry: REGISTRY,
    workflow,
    ...(vid && { vid }),
  });
  return workflow;
}

function get(workflow: Uint8Array, jobControl: JobControl): Promise<GetRegistryPingsO> {
  return at.client.call(getRegistryPings, { workflow, jobControl });
}

test('a server appends pings and sums them up; the client waits for that, and ends it', async () => {
  const id = randomUuid();
  const workflow = await begin(id);
  expect(await get(workflow, JobControl.JC_NO_WAIT)).toMatchObject({
    summary: { statusCode: Code.SC_ACTIVE, eventId: new Uint8Array() },
  });
  const waiting = get(workflow, JobControl.JC_WAIT);
  const ping = { workflow, statusCode: 3, statusMessage: 'server of another kind' };
  await at.client.call(serverPing, ping);
  const early = at.client.call(commitPingRegistry, { workflow });
  expect(await failureOf(early)).toMatchObject({
    status: status.FAILED_PRECONDITION,
    text: 'ping-registry workflow: command conflicts with aggregate state',
  });
  const summary = { workflow, statusCode: 1, statusMessage: 'all told' };
  const { workflowVid } = await at.client.call(postServerPingSummary, summary);
  const told = await waiting;
  expect(told).toMatchObject({
    summary: { statusCode: Code.SC_SUMMARIZED, statusMessage: 'all told', eventId: workflowVid },
    workflowVid,
  });
  expect(told.serverPings).toContainEqual(
    expect.objectContaining({ statusCode: 3, statusMessage: 'server of another kind' }),
  );
  await at.client.call(commitPingRegistry, { workflow, workflowVid });
  expect((await get(workflow, JobControl.JC_WAIT)).summary).toMatchObject({ statusCode: 1 });
  const types = await at.typesOf(id);
  expect(types[0]).toBe(Type.EV_FSO_PING_REGISTRY_STARTED);
  expect(types.slice(-3)).toEqual([
    Type.EV_FSO_SERVER_PINGS_GATHERED,
    Type.EV_FSO_PING_REGISTRY_COMPLETED,
    Type.EV_FSO_PING_REGISTRY_COMMITTED,
  ]);
});

test('regd answers by itself', async () => {
  const workflow = await begin();
  const { registryWorkflowEvents } = EphemeralRegistryService;
  const events = at.client.stream(registryWorkflowEvents, {
    registry: REGISTRY,
    workflow,
    watch: true,
  });
  let said: readonly string[] = [];
  for await (const message of events) {
    said = message.events.map(({ statusMessage }) => statusMessage);
    if (said.includes('nogfsoregd ping 1')) break;
  }
  expect(said).toContain('nogfsoregd ping 1');
});

test('an id that means something else, and a version that is not current, are refused', async () => {
  expect(await failureOf(begin(registryId(REGISTRY)))).toMatchObject({
    status: status.FAILED_PRECONDITION,
    text: 'rejected workflow ID: ID has been used before',
  });
  expect(await failureOf(begin(randomUuid(), new Uint8Array(16)))).toMatchObject({
    status: status.FAILED_PRECONDITION,
    text: 'version conflict',
  });
  expect(await failureOf(begin(randomUuid(), new Uint8Array(3)))).toMatchObject({
    status: status.INVALID_ARGUMENT,
    text: 'malformed VID',
  });
  const unknown = get(uuidToBytes(randomUuid()), JobControl.JC_WAIT);
  expect(await failureOf(unknown)).toMatchObject({
    status: status.NOT_FOUND,
    text: 'ping-registry workflow: uninitialized',
  });
});

test('the journal with pings verifies, and its lists are still about freezes and thaws', async () => {
  const { verify, listWorkflows } = operator.OperatorService;
  const items = await at.client.all(verify, {});
  expect(items.map(({ item }) => item?.$case)).toEqual(['summary']);
  const list = operator.ListWorkflowsRequest.fromPartial({
    registry: REGISTRY,
    includeFinished: true,
  });
  expect((await at.client.call(listWorkflows, list)).workflows).toEqual([]);
});
