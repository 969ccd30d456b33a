// Cancels over gRPC: of a workflow that stad works on, that nobody serves, that has ended.
import { status } from '@grpc/grpc-js';
import { randomUuid, type Uuid } from '@permafrost/events';
import { GetRepoO_StorageTierCode as Tier, operator } from '@permafrost/proto';
import { RecordingLog } from '@permafrost/workflow-core/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { HOST, TestInstallation } from '../testing/installation.ts';
import { failureOf } from '../testing/rpc-client.ts';

const { cancelWorkflow, findRepo, watchWorkflow } = operator.OperatorService;
const by = 'B <b@example.org>';

let at: TestInstallation;
const foo = randomUuid();
const log = new RecordingLog();

beforeAll(async () => {
  at = await TestInstallation.start({ log });
  at.startStad();
  await at.initRegistry();
  await at.initRepo('foo', foo);
});
afterAll(() => at.stop());

const cancel = (
  workflowId: string,
  more: Partial<operator.CancelWorkflowRequest> = {},
): Promise<operator.CancelWorkflowResponse> =>
  at.client.call(cancelWorkflow, { workflowId, by, reason: 'wrong data', force: false, ...more });

/** Begins a freeze, and resolves once its files are stad's. */
async function filesBegun(): Promise<Uuid> {
  const workflowId = randomUuid();
  await at.begin('freeze', foo, workflowId);
  for await (const { workflow } of at.client.stream(watchWorkflow, { workflowId })) {
    if (workflow?.state === 'files') break;
  }
  return workflowId;
}

async function ending(workflowId: Uuid): Promise<operator.Workflow | undefined> {
  return (await at.client.all(watchWorkflow, { workflowId })).at(-1)?.workflow;
}

test('what a live stad works on is noted for it, and shown until it has ended', async () => {
  const instance = randomUuid();
  await at.stopStad();
  const nowMs = Date.now();
  await at.journal.announce({
    ...{ instance, daemon: 'stad', host: HOST, pid: 1, version: '0' },
    ...{ sinceMs: nowMs, heartbeatMs: nowMs },
  });
  const workflowId = await filesBegun();
  expect(await cancel(workflowId)).toEqual({ ended: false });
  for await (const { workflow } of at.client.stream(watchWorkflow, { workflowId })) {
    expect(workflow?.cancelRequest).toMatchObject({ by, reason: 'wrong data' });
    break;
  }
  await at.journal.withdraw(instance);
  at.startStad();
  expect(await ending(workflowId)).toMatchObject({
    state: 'terminated',
    statusCode: 105,
    statusMessage: `cancelled by ${by}: wrong data`,
    cancelRequest: undefined,
  });
});

test('what nobody serves has ended with the answer, and its repo may be frozen again', async () => {
  await at.stopStad();
  const workflowId = await filesBegun();
  expect(await cancel(workflowId, { reason: '' })).toEqual({ ended: true });
  expect(log.take('workflow cancelled').at(-1)).toMatchObject({
    ...{ workflow: workflowId, kind: 'freeze', repo: foo, host: HOST },
    ...{ by, reply: 'ended' },
  });
  expect(await ending(workflowId)).toMatchObject({
    statusCode: 105,
    statusMessage: `cancelled by ${by}`,
  });
  const { repo } = await at.client.call(findRepo, { target: foo });
  expect(repo).toMatchObject({ registryTier: Tier.ST_FREEZE_FAILED, workflow: undefined });
  at.startStad();
  expect(await at.run('freeze', foo)).toMatchObject({ statusCode: 0 });
});

test('what cannot be cancelled is refused with the reason', async () => {
  const workflowId = randomUuid();
  await at.run('unfreeze', foo, workflowId);
  for (const force of [false, true]) {
    expect(await failureOf(cancel(workflowId, { force }))).toMatchObject({
      status: status.FAILED_PRECONDITION,
      code: 'WORKFLOW_NOT_CANCELLABLE',
    });
  }
  expect(await failureOf(cancel(randomUuid()))).toMatchObject({ status: status.NOT_FOUND });
  expect(await failureOf(cancel('x'))).toMatchObject({ code: 'ID_MALFORMED' });
  const nobody = cancel(workflowId, { by: '' });
  expect(await failureOf(nobody)).toMatchObject({ code: 'AUTHOR_MISSING' });
  const noReason = cancel(workflowId, { force: true, reason: '' });
  expect(await failureOf(noReason)).toMatchObject({
    status: status.INVALID_ARGUMENT,
    code: 'REASON_MISSING',
  });
});
