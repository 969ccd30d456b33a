// Any event of each stream that this system writes.
import fc from 'fast-check';
import { ulidFromBytes, type Ulid } from '../ids/ulid.ts';
import { uuidFromBytes, type Uuid } from '../ids/uuid.ts';
import type { Author, EventHeader, Origin, Status } from './common.ts';
import { directions, type Direction } from './direction.ts';
import type { IndexEntry, IndexEvent } from './index/events.ts';
import type { MainEvent } from './main/events.ts';
import type { RegistryEvent } from './registry/events.ts';
import type { RepoEvent, RepoInit } from './repo/events.ts';
import type { FreezePolicy, WorkflowEvent } from './workflow/events.ts';

const sixteen = fc.uint8Array({ minLength: 16, maxLength: 16 });
const uuid: fc.Arbitrary<Uuid> = sixteen.map(uuidFromBytes);
const ulid: fc.Arbitrary<Ulid> = sixteen.map(ulidFromBytes);
const text = fc.string({ unit: 'grapheme', maxLength: 12 });
const direction: fc.Arbitrary<Direction> = fc.constantFrom(...directions);
const author: fc.Arbitrary<Author> = fc.record({ name: text, email: text });
const statusCode = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const status: fc.Arbitrary<Status> = fc.record({ code: statusCode, message: text });

const said = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
const origin: fc.Arbitrary<Origin> = fc.record(
  { subject: said, certificate: said, uid: fc.nat(), reason: said },
  { requiredKeys: [] },
);

export const header: fc.Arbitrary<EventHeader> = fc.record(
  { id: ulid, parent: ulid, origin },
  { requiredKeys: ['id', 'parent'] },
);

const type = <T extends string>(name: T): fc.Arbitrary<T> => fc.constant(name);

export const mainEvent: fc.Arbitrary<MainEvent> = fc.record({
  type: fc.constantFrom('MainInitialized', 'RegistryAccepted', 'RegistryConfirmed'),
  name: text,
});

const root = fc.record({ globalRoot: text, host: text, hostRoot: text, gitlabNamespace: text });
const move = { direction, repoId: uuid, workflowId: uuid };

export const registryEvent: fc.Arbitrary<RegistryEvent> = fc.oneof(
  fc.record({ type: type('RegistryAdded'), name: text }),
  fc.record({ type: type('EphemeralWorkflowsEnabled'), indexId: uuid }),
  fc.record({ type: type('RootAdded'), root }),
  fc.record({ type: type('RootRemoved'), globalRoot: text }),
  fc.record({ type: type('RepoAccepted'), repoId: uuid, globalPath: text, creator: author }),
  fc.record(
    { type: type('RepoAdded'), repoId: uuid, globalPath: text, repoEventId: ulid },
    { requiredKeys: ['type', 'repoId', 'globalPath'] },
  ),
  fc.record({ type: type('RepoStorageStarted'), ...move }),
  fc.record({ type: type('RepoStorageCompleted'), ...move, statusCode }),
);

const repoInit: fc.Arbitrary<RepoInit> = fc.record({
  registry: text,
  globalPath: text,
  creator: author,
  fileHost: text,
  hostPath: text,
  subdirTracking: fc.constantFrom(
    'enter-subdirs',
    'bundle-subdirs',
    'ignore-subdirs',
    'ignore-most',
  ),
  gitlabHost: text,
  gitlabPath: text,
});

export const repoEvent: fc.Arbitrary<RepoEvent> = fc.oneof(
  fc.record({ type: type('RepoInitStarted'), init: repoInit }),
  fc.record({ type: type('ShadowRepoCreated'), shadowPath: text }),
  fc.record({ type: type('RepoErrorSet'), message: text }),
  fc.record({ type: type('RepoErrorCleared') }),
  fc.record({ type: type('StorageStarted'), direction, workflowId: uuid }),
  fc.record({ type: type('StorageCompleted'), direction, workflowId: uuid, status }),
);

const force = fc.constant('force' as const);
const policy: fc.Arbitrary<FreezePolicy> = fc.oneof(
  fc.record({ ifBusy: fc.constantFrom('wait', 'force') }),
  fc.record({ ifLinked: force }),
  fc.record({ ifBusy: force, ifLinked: force }),
);

const start = fc.record(
  {
    registryId: uuid,
    registryName: text,
    startRegistryVid: ulid,
    repoId: uuid,
    repoGlobalPath: text,
    startRepoVid: ulid,
    author,
    policy,
    repair: fc.constant(true as const),
  },
  { requiredKeys: ['registryId', 'registryName', 'repoId', 'repoGlobalPath', 'author'] },
);

const commit = fc.stringMatching(/^[0-9a-f]{40}$/);

export const workflowEvent: fc.Arbitrary<WorkflowEvent> = fc.oneof(
  fc.record({ type: type('WorkflowStarted'), direction, start }),
  fc.record({ type: fc.constantFrom('FilesStarted', 'WorkflowCommitted'), direction }),
  fc.record(
    { type: type('FilesCompleted'), direction, status, commit },
    { requiredKeys: ['type', 'direction', 'status'] },
  ),
  fc.record({ type: type('WorkflowCompleted'), direction, status }),
  fc.record({ type: type('RegistryPingStarted'), registryId: uuid }),
  fc.record({ type: fc.constantFrom('ServerPinged', 'ServerPingsGathered'), status }),
  fc.record({ type: fc.constantFrom('RegistryPingCompleted', 'RegistryPingCommitted') }),
);

const begun = fc.record({ direction, workflowId: uuid, startedEventId: ulid, globalPath: text });

const entry: fc.Arbitrary<IndexEntry> = fc.record(
  { direction, workflowId: uuid, startedEventId: ulid, completedEventId: ulid, globalPath: text },
  { requiredKeys: ['direction', 'workflowId', 'startedEventId', 'globalPath'] },
);

const ping = { workflowId: uuid, startedEventId: ulid };
const pings = fc.array(
  fc.record(
    { ...ping, completedEventId: ulid },
    { requiredKeys: ['workflowId', 'startedEventId'] },
  ),
  { minLength: 1, maxLength: 4 },
);

/** A snapshot groups its entries by direction. */
const entries = fc
  .array(entry, { maxLength: 4 })
  .map((all) => directions.flatMap((each) => all.filter((one) => one.direction === each)));

export const indexEvent: fc.Arbitrary<IndexEvent> = fc.oneof(
  fc.record({ type: type('WorkflowIndexed'), entry: begun }),
  fc.record({
    type: type('IndexedWorkflowCompleted'),
    direction,
    workflowId: uuid,
    completedEventId: ulid,
  }),
  fc.record({ type: type('IndexedWorkflowDeleted'), direction, workflowId: uuid }),
  fc.record({ type: type('PingIndexed'), entry: fc.record(ping) }),
  fc.record({ type: type('IndexedPingCompleted'), workflowId: uuid, completedEventId: ulid }),
  fc.record({ type: type('IndexedPingDeleted'), workflowId: uuid }),
  fc.record({ type: fc.constantFrom('SnapshotBegun', 'SnapshotEnded') }),
  fc.record(
    { type: type('SnapshotRecorded'), entries, pings },
    { requiredKeys: ['type', 'entries'] },
  ),
);
