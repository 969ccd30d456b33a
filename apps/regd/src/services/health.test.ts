import { status } from '@grpc/grpc-js';
import { HealthCheckResponse_ServingStatus as Serving, HealthService } from '@permafrost/proto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestInstallation } from '../testing/installation.ts';
import { failureOf } from '../testing/rpc-client.ts';

let at: TestInstallation;
beforeAll(async () => {
  at = await TestInstallation.start();
});
afterAll(() => at.stop());

test.for(['', 'nogfso.Registry', 'permafrost.v1.Operator'])(
  'a regd that writes to its journal serves: %j',
  async (service) => {
    await expect
      .poll(() => at.client.call(HealthService.check, { service }))
      .toEqual({
        status: Serving.SERVING,
      });
  },
);

test('what nobody knows is told as such', async () => {
  const service = 'nogfso.Other';
  expect(await failureOf(at.client.call(HealthService.check, { service }))).toMatchObject({
    status: status.NOT_FOUND,
    code: 'SERVICE_UNKNOWN',
  });
  const first = await at.client.stream(HealthService.watch, { service }).next();
  expect(first.value).toEqual({ status: Serving.SERVICE_UNKNOWN });
});

test('a regd whose heartbeat is not in the journal does not serve', async () => {
  for (const { instance } of await at.journal.present()) await at.journal.withdraw(instance);
  expect(await at.client.call(HealthService.check, { service: '' })).toEqual({
    status: Serving.NOT_SERVING,
  });
});
