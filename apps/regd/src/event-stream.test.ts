import { status } from '@grpc/grpc-js';
import {
  randomUuid,
  registryId,
  ulidFromBytes,
  ulidSource,
  ulidToBytes,
  uuidFromBytes,
  uuidToBytes,
  type Uuid,
} from '@permafrost/events';
import {
  EphemeralRegistryService,
  RegistryService,
  ReposService,
  type RegistryEventsO,
} from '@permafrost/proto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventStream, willBlock } from './event-stream.ts';
import { failureOf } from './testing/rpc-client.ts';
import { REGISTRY, TestInstallation } from './testing/installation.ts';

let at: TestInstallation;
let repo: Uint8Array;
const workflow: Uuid = randomUuid();
const anyVid = ulidToBytes(ulidSource()());

beforeAll(async () => {
  at = await TestInstallation.start();
  at.startStad();
  await at.initRegistry();
  const id = await at.initRepo('foo');
  repo = uuidToBytes(id);
  await at.run('freeze', id, workflow);
});
afterAll(() => at.stop());

const { events } = RegistryService;
const { registryWorkflowEvents, registryWorkflowIndexEvents } = EphemeralRegistryService;
const wf = { registry: REGISTRY, workflow: uuidToBytes(workflow), watch: false };

function idOf({ events: [event] }: { events: readonly { id: Uint8Array }[] }): Uint8Array {
  return event?.id ?? new Uint8Array();
}

describe('a stream without watch', () => {
  test('sends one event a message, in the order of the chain, with the bytes that are stored', async () => {
    const stored = await at.journal.read(registryId(REGISTRY));
    const messages = await at.client.all(events, { registry: REGISTRY, watch: false });
    expect(messages.map((message) => message.events.length)).toEqual(stored.map(() => 1));
    for (const [index, message] of messages.entries()) {
      expect(message).toMatchObject({ registry: REGISTRY, willBlock: false });
      expect(ulidFromBytes(idOf(message))).toBe(stored[index]?.id);
    }
  });

  test.for(['registry', 'repo', 'workflow', 'index'] as const)(
    'of a %s begins after the event that is named',
    async (kind) => {
      const read = async (after?: Uint8Array): Promise<Uint8Array[]> => {
        const from = { ...(after && { after }), watch: false };
        switch (kind) {
          case 'registry':
            return (await at.client.all(events, { registry: REGISTRY, ...from })).map(idOf);
          case 'repo':
            return (await at.client.all(ReposService.events, { repo, ...from })).map(idOf);
          case 'workflow':
            return (await at.client.all(registryWorkflowEvents, { ...wf, ...from })).map(idOf);
          case 'index': {
            const request = { registry: REGISTRY, ...from };
            return (await at.client.all(registryWorkflowIndexEvents, request)).map(idOf);
          }
        }
      };
      const all = await read();
      expect(all.length).toBeGreaterThan(1);
      expect(await read(all[0])).toEqual(all.slice(1));
      expect(await read(all.at(-1))).toEqual([]);
      expect(await read(new Uint8Array(16))).toEqual(all);
    },
  );

  test('of what has no events is empty, whatever it shall begin after', async () => {
    const { client } = at;
    expect(await client.all(events, { registry: 'nope', watch: false })).toEqual([]);
    expect(await client.all(events, { registry: 'nope', after: anyVid, watch: false })).toEqual([]);
    const index = { registry: 'nope', after: anyVid, watch: false };
    expect(await client.all(registryWorkflowIndexEvents, index)).toEqual([]);
    const nobody = { ...wf, workflow: uuidToBytes(randomUuid()) };
    expect(await client.all(registryWorkflowEvents, nobody)).toEqual([]);
  });

  test('of a workflow is silent after an event that it does not have', async () => {
    expect(await at.client.all(registryWorkflowEvents, { ...wf, after: anyVid })).toEqual([]);
  });
});

const { INVALID_ARGUMENT, NOT_FOUND, PERMISSION_DENIED } = status;
const notFound = 'db: finding start failed: not found';
const badAfter = { after: Uint8Array.of(1), watch: false };

test.for([
  [
    'malformed after',
    INVALID_ARGUMENT,
    () => at.client.all(events, { registry: REGISTRY, ...badAfter }),
  ],
  [
    'malformed after',
    INVALID_ARGUMENT,
    () => at.client.all(ReposService.events, { repo, ...badAfter }),
  ],
  [
    'malformed after',
    INVALID_ARGUMENT,
    () => at.client.all(registryWorkflowEvents, { ...wf, ...badAfter }),
  ],
  [
    `journal error: ${notFound}`,
    NOT_FOUND,
    () => at.client.all(events, { registry: REGISTRY, after: anyVid, watch: false }),
  ],
  [
    `repo journal error: ${notFound}`,
    NOT_FOUND,
    () => at.client.all(ReposService.events, { repo, after: anyVid, watch: false }),
  ],
  [
    'repos error: uninitialized repo',
    NOT_FOUND,
    () => at.client.all(ReposService.events, { repo: uuidToBytes(randomUuid()), watch: false }),
  ],
  [
    'malformed workflow id: invalid data size',
    INVALID_ARGUMENT,
    () => at.client.all(registryWorkflowEvents, { ...wf, workflow: Uint8Array.of(1) }),
  ],
  [
    'registry does not own workflow',
    PERMISSION_DENIED,
    () => at.client.all(registryWorkflowEvents, { ...wf, registry: 'other' }),
  ],
  [
    'deny access to unknown workflow type',
    PERMISSION_DENIED,
    () => at.client.all(registryWorkflowEvents, { ...wf, workflow: repo }),
  ],
] as const)('a stream is refused: %s', async ([text, code, call]) => {
  expect(await failureOf(call())).toMatchObject({ status: code, text });
});

describe('a watch', () => {
  test('tells when all is sent, and goes on with what is new', async () => {
    const seen: RegistryEventsO[] = [];
    let root = 0;
    for await (const message of at.client.stream(events, { registry: REGISTRY, watch: true })) {
      seen.push(message);
      if (!message.willBlock) continue;
      if (++root > 2) break;
      await at.client.call(RegistryService.initRoot, {
        registry: REGISTRY,
        host: 'h',
        globalRoot: `/watch/${root}`,
        hostRoot: '/x',
        gitlabNamespace: '',
      });
    }
    const last = seen.slice(-5).map(({ willBlock: block, events: e }) => [block, e.length]);
    expect(last).toEqual([
      [true, 0],
      [false, 1],
      [true, 0],
      [false, 1],
      [true, 0],
    ]);
  });

  test('of a workflow that is yet to come begins when it comes', async () => {
    const id = randomUuid();
    const request = { registry: REGISTRY, workflow: uuidToBytes(id), watch: true };
    let isBegun = false;
    for await (const { willBlock: block } of at.client.stream(registryWorkflowEvents, request)) {
      if (!block) break;
      if (!isBegun) await at.begin('unfreeze', uuidFromBytes(repo), id);
      isBegun = true;
    }
    expect(isBegun).toBe(true);
  });

  test('says now and then that there is nothing new', async () => {
    const stop = new AbortController();
    const history = registryId('nobody');
    const request = { journal: at.journal, history, watch: true, signal: stop.signal, tickMs: 5 };
    const blocks: unknown[] = [];
    for await (const event of eventStream({ ...request, subject: 'journal error' })) {
      if (blocks.push(event) === 3) break;
    }
    expect(blocks).toEqual([willBlock, willBlock, willBlock]);
  });

  test('leaves nothing behind when its client goes', async () => {
    await expect.poll(() => at.regd.callsOpen).toBe(0);
    const watch = at.client.stream(events, { registry: REGISTRY, watch: true });
    await watch.next();
    expect(at.regd.callsOpen).toBe(1);
    await watch.return(undefined);
    await expect.poll(() => at.regd.callsOpen).toBe(0);
  });

  test('ends with "shutdown" when regd stops', async () => {
    const watching = at.client.all(events, { registry: REGISTRY, watch: true });
    const failure = failureOf(watching);
    await expect.poll(() => at.regd.callsOpen).toBe(1);
    await at.regd.stop();
    expect(await failure).toMatchObject({ status: status.UNAVAILABLE, text: 'shutdown' });
    at.client.close();
    await at.startRegd();
  });
});
