// The codec of each stream: every event comes back as it was, what the Go system stored comes back
// to the byte, and bytes that are no event are told apart from bugs.
import { MainEvent, RegistryEvent, RepoEvent, WorkflowEvent } from '@permafrost/proto/events';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { EventDecodeError, type Codec } from './codec.ts';
import { indexCodec } from './index/codec.ts';
import { mainCodec } from './main/codec.ts';
import { UnwritableEventError } from './message-codec.ts';
import {
  header,
  indexEvent,
  mainEvent,
  registryEvent,
  repoEvent,
  workflowEvent,
} from './random-events.fixture.ts';
import { registryCodec } from './registry/codec.ts';
import { repoCodec } from './repo/codec.ts';
import { workflowCodec } from './workflow/codec.ts';

type AnyCodec = Codec<Readonly<{ type: string }>>;

const streams: readonly (readonly [AnyCodec, fc.Arbitrary<Readonly<{ type: string }>>])[] = [
  [mainCodec, mainEvent],
  [registryCodec, registryEvent],
  [repoCodec, repoEvent],
  [workflowCodec, workflowEvent],
  [indexCodec, indexEvent],
];

describe.each(streams.map(([codec, events]) => ({ kind: codec.kind, codec, events })))(
  '$kind',
  ({ codec, events }) => {
    test('every event comes back as it was', () => {
      fc.assert(
        fc.property(events, header, (event, head) => {
          expect(codec.decode(codec.encode(event, head))).toEqual({ event, header: head });
        }),
        { numRuns: 300 },
      );
    });

    test('bytes that were cut short are an unreadable event, or none at all', () => {
      fc.assert(
        fc.property(events, header, fc.double({ min: 0, max: 0.999 }), (event, head, share) => {
          const bytes = codec.encode(event, head);
          const cut = bytes.subarray(0, Math.floor(bytes.length * share));
          // A cut between two fields may leave an event of lesser content; never anything else.
          expect(outcomeOf(() => codec.decode(cut))).toMatch(/^(read|EVENT_UNREADABLE)$/);
        }),
        { numRuns: 300 },
      );
    });

    test('random bytes are an unreadable event, or none at all', () => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
          expect(outcomeOf(() => codec.decode(bytes))).toMatch(/^(read|EVENT_UNREADABLE)$/);
        }),
        { numRuns: 300 },
      );
    });

    test('an id or parent of another size is unreadable', () => {
      const [id, parent] = [new Uint8Array(16), new Uint8Array(15)];
      const bytes = WorkflowEvent.encode(
        WorkflowEvent.create({ event: 9999 as 0, id, parent }),
      ).finish();
      expect(outcomeOf(() => codec.decode(bytes))).toBe('EVENT_UNREADABLE');
    });

    test('an event of a type that is not acted on is read, but never written', () => {
      const id = new Uint8Array(16);
      const bytes = WorkflowEvent.encode(
        WorkflowEvent.create({ event: 9999 as 0, id, parent: id }),
      ).finish();
      const { event, header: head } = codec.decode(bytes);
      expect(event).toEqual({ type: 'Unmodelled', code: 9999 });
      expect(() => codec.encode(event, head)).toThrow(UnwritableEventError);
    });
  },
);

function outcomeOf(decode: () => unknown): string {
  try {
    decode();
    return 'read';
  } catch (error) {
    if (!(error instanceof EventDecodeError)) throw error;
    return error.code;
  }
}

describe('what the Go system stored', () => {
  type Call = { name: string; method: string; events?: string[] };
  const golden = JSON.parse(
    readFileSync(join(import.meta.dirname, '../../../../proto/testdata/golden.json'), 'utf8'),
  ) as Call[];
  const codecs: Readonly<Record<string, AnyCodec>> = {
    '/nogfso.Registry/Events': registryCodec,
    '/nogfso.Repos/Events': repoCodec,
    '/nogfso.EphemeralRegistry/RegistryWorkflowEvents': workflowCodec,
    '/nogfso.EphemeralRegistry/RegistryWorkflowIndexEvents': indexCodec,
  };
  const recorded = golden.flatMap(({ name, method, events = [] }) =>
    events.length > 0 && codecs[method] ? [{ name, codec: codecs[method], events }] : [],
  );

  test('is all there', () => {
    expect(recorded.map(({ events }) => events.length)).toEqual([5, 9, 6, 5, 5, 4, 6, 4, 3, 3]);
  });

  it.each(recorded)('$name: same bytes', ({ codec, events }) => {
    const bytes = events.map((hex) => Buffer.from(hex, 'hex'));
    const decoded = bytes.map((each) => codec.decode(each));
    const written = decoded.map(({ event, header: head }, i) =>
      event.type === 'Unmodelled'
        ? events[i]
        : Buffer.from(codec.encode(event, head)).toString('hex'),
    );
    expect(written).toEqual(events);
  });

  test('is understood, all of it', () => {
    const types = new Set<string>();
    for (const { codec, events } of recorded) {
      for (const hex of events) types.add(codec.decode(Buffer.from(hex, 'hex')).event.type);
    }
    expect([...types].sort()).toEqual([
      'EphemeralWorkflowsEnabled',
      'FilesCompleted',
      'FilesStarted',
      'IndexedWorkflowCompleted',
      'RegistryAdded',
      'RepoAccepted',
      'RepoAdded',
      'RepoInitStarted',
      'RepoStorageCompleted',
      'RepoStorageStarted',
      'RootAdded',
      'ShadowRepoCreated',
      'StorageCompleted',
      'StorageStarted',
      'WorkflowCommitted',
      'WorkflowCompleted',
      'WorkflowIndexed',
      'WorkflowStarted',
    ]);
  });
});

describe('what a stored event lacks is told, not stumbled over (gap 94)', () => {
  const id = new Uint8Array(16);
  const base = { id, parent: id };

  it.each([
    [
      '21 without registry info',
      registryCodec,
      RegistryEvent.encode(RegistryEvent.create({ ...base, event: 21 })),
    ],
    [
      '22 without root info',
      registryCodec,
      RegistryEvent.encode(RegistryEvent.create({ ...base, event: 22 })),
    ],
    [
      '51 without root info',
      registryCodec,
      RegistryEvent.encode(RegistryEvent.create({ ...base, event: 51 })),
    ],
    [
      '23 without repo info',
      registryCodec,
      RegistryEvent.encode(RegistryEvent.create({ ...base, event: 23 })),
    ],
    [
      '24 without repo info',
      registryCodec,
      RegistryEvent.encode(RegistryEvent.create({ ...base, event: 24 })),
    ],
    [
      '91 without an id',
      registryCodec,
      RegistryEvent.encode(RegistryEvent.create({ ...base, event: 91 })),
    ],
    [
      '161 without a repo',
      registryCodec,
      RegistryEvent.encode(RegistryEvent.create({ ...base, event: 161 })),
    ],
    ['31 without init info', repoCodec, RepoEvent.encode(RepoEvent.create({ ...base, event: 31 }))],
    [
      '32 without shadow info',
      repoCodec,
      RepoEvent.encode(RepoEvent.create({ ...base, event: 32 })),
    ],
    [
      '171 without a workflow',
      repoCodec,
      RepoEvent.encode(RepoEvent.create({ ...base, event: 171 })),
    ],
    [
      '161 without an author',
      workflowCodec,
      WorkflowEvent.encode(WorkflowEvent.create({ ...base, event: 161 })),
    ],
    [
      '171 without a workflow',
      indexCodec,
      WorkflowEvent.encode(WorkflowEvent.create({ ...base, event: 171 })),
    ],
    [
      '92 without a state',
      indexCodec,
      WorkflowEvent.encode(WorkflowEvent.create({ ...base, event: 92 })),
    ],
  ])('%s', (_, codec, message) => {
    expect(outcomeOf(() => codec.decode(message.finish()))).toBe('EVENT_UNREADABLE');
  });
});

describe('events of archiving', () => {
  it.each([
    [181, 0, 'archiving'],
    [186, 0, 'archived'],
    [186, 5, 'archive-failed'],
    [201, 0, 'unarchiving'],
    [208, 0, 'frozen'],
    [208, 5, 'unarchive-failed'],
  ])('%i with status %i leaves the repo %s', (event, statusCode, tier) => {
    const id = new Uint8Array(16);
    const fields = { event: event as 0, id, parent: id, repoId: id, workflowId: id, statusCode };
    const inRegistry = RegistryEvent.encode(RegistryEvent.create(fields)).finish();
    expect(registryCodec.decode(inRegistry).event).toMatchObject({ tier });
    const inRepo = RepoEvent.encode(RepoEvent.create(fields)).finish();
    expect(repoCodec.decode(inRepo).event).toMatchObject({ tier });
  });
});

test('the updated root, which ended the old server, is passed over (gap 71)', () => {
  const id = new Uint8Array(16);
  const bytes = RegistryEvent.encode(
    RegistryEvent.create({ event: 26 as 0, id, parent: id }),
  ).finish();
  expect(registryCodec.decode(bytes).event).toEqual({ type: 'Unmodelled', code: 26 });
  expect(
    mainCodec.decode(MainEvent.encode(MainEvent.create({ event: 11, id, parent: id })).finish())
      .event,
  ).toEqual({
    type: 'MainInitialized',
    name: '',
  });
});
