// A client that knows the address and nothing else: it learns the contract by asking, and uses it.
import {
  createFileRegistry,
  fromBinary,
  fromJson,
  toBinary,
  toJson,
  type FileRegistry,
} from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';
import { status } from '@grpc/grpc-js';
import { invariant } from '@permafrost/events';
import { reflection, reflectionAlpha } from '@permafrost/proto';
import { RecordingLog } from '@permafrost/workflow-core/testing';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { services } from '../access/rules.ts';
import { REGISTRY, TestInstallation } from '../testing/installation.ts';
import { failureOf, type RpcClient } from '../testing/rpc-client.ts';
import { SecureSite } from '../testing/secure-site.ts';

const log = new RecordingLog();
let site: SecureSite;
let at: TestInstallation;
/** Comes with a token that is good for nothing. */
let stranger: RpcClient;

beforeAll(async () => {
  site = await SecureSite.create();
  at = await TestInstallation.start({ site, log });
  await at.initRegistry();
  const grants = [{ can: ['stat' as const], paths: ['/nowhere'] }];
  stranger = await site.client(at.port, { token: await site.token({ grants }) });
});
afterEach(() => expect.poll(() => at.regd.callsOpen).toBe(0));
afterAll(async () => {
  stranger.close();
  await at.stop();
  await site.remove();
});

const v1 = reflection.ServerReflectionService.serverReflectionInfo;
const v1alpha = reflectionAlpha.ServerReflectionService.serverReflectionInfo;
type Method = typeof v1 | typeof v1alpha;
type Question = NonNullable<reflection.ServerReflectionRequest['messageRequest']>;
type Answer = reflection.ServerReflectionResponse['messageResponse'];

const requestFor = (messageRequest: Question): reflection.ServerReflectionRequest => ({
  host: 'regd',
  messageRequest,
});
const list = requestFor({ $case: 'listServices', value: '*' });
const containing = (symbol: string): reflection.ServerReflectionRequest =>
  requestFor({ $case: 'fileContainingSymbol', value: symbol });

async function ask(
  client: RpcClient,
  requests: readonly reflection.ServerReflectionRequest[],
  method: Method = v1,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  for await (const response of client.converse(method, requests)) {
    expect(response.originalRequest).toEqual(requests[answers.length]);
    answers.push(response.messageResponse);
  }
  return answers;
}

function namesIn(answer: Answer): readonly string[] {
  invariant(answer?.$case === 'listServicesResponse', 'services are listed');
  return answer.value.service.map(({ name }) => name);
}

function filesIn(answer: Answer): readonly Uint8Array[] {
  invariant(answer?.$case === 'fileDescriptorResponse', 'files are described');
  return answer.value.fileDescriptorProto;
}

/** What a client makes of the files, which must suffice by themselves. */
function contractOf(files: readonly Uint8Array[]): FileRegistry {
  const file = files.map((bytes) => fromBinary(FileDescriptorProtoSchema, bytes)).reverse();
  return createFileRegistry({ $typeName: 'google.protobuf.FileDescriptorSet', file });
}

test.for([v1, v1alpha])('$path lists and describes each service', async (method) => {
  const [listed] = await ask(at.client, [list], method);
  const names = namesIn(listed);
  expect(new Set(names)).toEqual(services);
  const answers = await ask(at.client, names.map(containing), method);
  for (const [index, name] of names.entries()) {
    const contract = contractOf(filesIn(answers[index]));
    expect(contract.getService(name)?.methods.length, name).toBeGreaterThan(0);
  }
});

test('over TLS any token will do, and some token is needed', async () => {
  const [listed] = await ask(stranger, [list]);
  expect(new Set(namesIn(listed))).toEqual(services);
  const nobody = await site.client(at.port, {});
  try {
    expect(await failureOf(ask(nobody, [list]))).toMatchObject({
      status: status.UNAUTHENTICATED,
      code: 'TOKEN_MISSING',
    });
  } finally {
    nobody.close();
  }
});

test('what is described can be called', async () => {
  const [files] = await ask(at.client, [containing('nogfso.Registry.GetRoots')]);
  const method = contractOf(filesIn(files)).getService('nogfso.Registry')?.method['getRoots'];
  invariant(method !== undefined, 'the service has the method');
  const { input, output } = method;
  const raw = {
    path: `/${method.parent.typeName}/${method.name}`,
    requestSerialize: (json: { registry: string }) =>
      Buffer.from(toBinary(input, fromJson(input, json))),
    responseDeserialize: (bytes: Buffer) => toJson(output, fromBinary(output, bytes)),
  };
  expect(await at.client.call(raw, { registry: REGISTRY })).toMatchObject({
    registry: REGISTRY,
    roots: [{ globalRoot: '/example/data' }],
  });
});

const answers = [
  ['fileByFilename', 'nogfso/registry.proto', 'fileDescriptorResponse'],
  ['fileByFilename', 'nogfso/other.proto', 'errorResponse'],
  ['fileContainingSymbol', 'nogfso.RegistryEvent.Type', 'fileDescriptorResponse'],
  ['fileContainingSymbol', 'nogfso.RegistryEvent.parent', 'fileDescriptorResponse'],
  ['fileContainingSymbol', 'nogfso.Registry.Other', 'errorResponse'],
  ['fileContainingSymbol', 'constructor', 'errorResponse'],
  ['fileContainingSymbol', '', 'errorResponse'],
  ['allExtensionNumbersOfType', 'nogfso.RegistryEvent', 'allExtensionNumbersResponse'],
  ['allExtensionNumbersOfType', 'nogfso.Other', 'errorResponse'],
] as const;
test.for(answers)('%s %j: %s', async ([$case, value, expected]) => {
  // A question that fails does not end the call.
  const [answer, next] = await ask(at.client, [requestFor({ $case, value }), list]);
  expect(answer?.$case).toBe(expected);
  if (answer?.$case === 'errorResponse') expect(answer.value.errorCode).toBe(status.NOT_FOUND);
  expect(next?.$case).toBe('listServicesResponse');
});

test('nothing extends the contract', async () => {
  const value = { containingType: 'nogfso.RegistryEvent', extensionNumber: 1 };
  const [answer] = await ask(at.client, [requestFor({ $case: 'fileContainingExtension', value })]);
  expect(answer?.$case).toBe('errorResponse');
  const described = await ask(at.client, Array.from(services, containing));
  const types = described.flatMap((files) => [...contractOf(filesIn(files))]);
  expect(types.filter(({ kind }) => kind === 'extension')).toEqual([]);
});

test('a request that is cut off is refused, and regd goes on', async () => {
  const whole = v1.requestSerialize(containing('nogfso.Registry'));
  const bytes = { ...v1, requestSerialize: (request: Buffer) => request };
  const cut = async (): Promise<void> => {
    const answers = at.client.converse(bytes, [whole, whole.subarray(0, -1)]);
    const described = { messageResponse: { $case: 'fileDescriptorResponse' } };
    expect(await answers.next()).toMatchObject({ value: described });
    await answers.next();
  };
  expect(await failureOf(cut())).toMatchObject({
    status: status.INVALID_ARGUMENT,
    code: 'MESSAGE_MALFORMED',
  });
  expect(await ask(at.client, [list])).toHaveLength(1);
});

/** Requests of a client that asks once, and then keeps the call open. */
async function* once(): AsyncGenerator<reflection.ServerReflectionRequest> {
  yield list;
  await new Promise(() => undefined);
}

test('a client may leave in the midst of it', async () => {
  for await (const { messageResponse } of at.client.converse(v1, once())) {
    expect(messageResponse?.$case).toBe('listServicesResponse');
    expect(at.regd.callsOpen).toBe(1);
    break;
  }
  await expect.poll(() => at.regd.callsOpen).toBe(0);
  expect(log.take('defect in a call')).toEqual([]);
});

test('regd does not wait for a client that says nothing more', async () => {
  const answers = at.client.converse(v1, once());
  await answers.next();
  await at.regd.stop();
  expect(await failureOf(answers.next())).toMatchObject({
    status: status.UNAVAILABLE,
    code: 'SHUTDOWN',
  });
});
