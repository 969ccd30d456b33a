// Bytes that no client of good will sends: each call is answered, nothing is written, regd goes on.
import { status } from '@grpc/grpc-js';
import { isRegistryName } from '@permafrost/events';
import {
  EphemeralRegistryService,
  FreezeRepoService,
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
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestInstallation } from '../testing/installation.ts';

let at: TestInstallation;
beforeAll(async () => {
  at = await TestInstallation.start();
  at.startStad();
  await at.initRegistry();
  await at.initRepo('foo');
});
afterAll(() => at.stop());

const methods: readonly { path: string; responseStream: boolean }[] = [
  MainService,
  RegistryService,
  EphemeralRegistryService,
  ReposService,
  FreezeRepoService,
  UnfreezeRepoService,
  RegistryFreezeRepoService,
  RegistryUnfreezeRepoService,
  ReposFreezeRepoService,
  ReposUnfreezeRepoService,
  PingRegistryService,
  StatService,
  operator.OperatorService,
  reflection.ServerReflectionService,
  reflectionAlpha.ServerReflectionService,
].flatMap((service) => Object.values<{ path: string; responseStream: boolean }>(service));

/** What a client may be told about bytes that it should not have sent. */
const expected: ReadonlySet<status> = new Set([
  status.OK,
  status.INVALID_ARGUMENT,
  status.NOT_FOUND,
  status.FAILED_PRECONDITION,
]);

/** Fields of protobuf with the numbers and kinds that our messages have, and contents that they have not. */
const field = fc
  .tuple(
    fc.integer({ min: 1, max: 8 }),
    fc.oneof(fc.uint8Array({ maxLength: 20 }), fc.string({ unit: 'binary' }), fc.nat(200)),
  )
  .map(([number, content]) => {
    if (typeof content === 'number') return Buffer.from([number << 3, content & 127]);
    const bytes = Buffer.from(content).subarray(0, 100);
    return Buffer.concat([Buffer.from([(number << 3) | 2, bytes.length]), bytes]);
  });
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 64 }).map((array) => Buffer.from(array)),
  fc.array(field, { maxLength: 6 }).map((fields) => Buffer.concat(fields)),
);

/** Names such as `a` come up by chance; then the call is right to write, and proves nothing here. */
function isGoodWill(path: string, message: Buffer): boolean {
  if (path !== RegistryService.initRegistry.path) return false;
  try {
    return isRegistryName(RegistryService.initRegistry.requestDeserialize(message).registry);
  } catch {
    return false;
  }
}

// A watch that is accepted does not end by itself, and the stad of this test never answers when it is
// asked to examine itself.
const unending = /Watch|Events$|ExamineHosts$/;

test.for(methods.filter(({ path }) => !unending.test(path)))(
  '$path answers hostile bytes',
  async ({ path }) => {
    const end = await at.journal.end();
    await fc.assert(
      fc.asyncProperty(bytes, async (message) => {
        fc.pre(!isGoodWill(path, message));
        const code = await at.client.sendBytes(path, message);
        expect(expected, `${path} ${message.toString('hex')} ${status[code]}`).toContain(code);
      }),
      { numRuns: 25 },
    );
    expect(await at.journal.end()).toBe(end);
  },
);

test.for(methods.filter(({ path }) => unending.test(path)))(
  '$path refuses what is no message',
  async ({ path }) => {
    const code = await at.client.sendBytes(path, Buffer.from('0a05616263', 'hex'));
    expect(code).toBe(status.INVALID_ARGUMENT);
  },
);

test('unknown services and calls are not implemented', async () => {
  const none = Buffer.alloc(0);
  for (const path of ['/nogfso.Registry/EnableGitlabRepo', '/no.Such/Thing']) {
    expect(await at.client.sendBytes(path, none)).toBe(status.UNIMPLEMENTED);
  }
});

test('messages above 4 MiB are refused, and regd goes on', async () => {
  const big = Buffer.alloc(4 * 1024 * 1024 + 1);
  const code = await at.client.sendBytes('/nogfso.Registry/Info', big);
  expect(code).toBe(status.RESOURCE_EXHAUSTED);
  const { registries } = await at.client.call(MainService.getRegistries, {});
  expect(registries).toHaveLength(1);
});
