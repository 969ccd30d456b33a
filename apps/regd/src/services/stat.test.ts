// What goes on when a call has been answered, on a real socket, with a stad that never comes to it.
import { status } from '@grpc/grpc-js';
import { uuidToBytes } from '@permafrost/events';
import { JobControl, StatI, StatService } from '@permafrost/proto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestInstallation } from '../testing/installation.ts';
import { failureOf } from '../testing/rpc-client.ts';

let at: TestInstallation;
let request: StatI;
beforeAll(async () => {
  const callLimits = { callsMax: 9, lastingMax: 9, lastingOfPeerMax: 2 };
  at = await TestInstallation.start({ callLimits });
  at.startStad();
  await at.initRegistry();
  const repo = uuidToBytes(await at.initRepo('foo'));
  const jobControl = JobControl.JC_UNSPECIFIED;
  request = StatI.fromPartial({ repo, authorName: 'A', authorEmail: 'a@b.c', jobControl });
});
afterAll(() => at.stop());

const stat = (): Promise<unknown> => at.client.call(StatService.stat, request);

test('a stat that nobody waits for has its place among the calls that last, until it ends', async () => {
  const open = expect.poll(() => at.regd.callsOpen);
  await open.toBe(0);
  expect([await stat(), await stat()]).toEqual([{}, {}]);
  await open.toBe(2);
  expect(await failureOf(stat())).toMatchObject({
    status: status.RESOURCE_EXHAUSTED,
    code: 'TOO_MANY_CALLS',
  });
  await at.stopStad();
  await open.toBe(0);
  expect(await stat()).toEqual({});
});
