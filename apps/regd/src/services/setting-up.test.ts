import { status } from '@grpc/grpc-js';
import {
  mainId,
  nilUuid,
  parseUuid,
  randomUuid,
  registryId,
  uuidToBytes,
  workflowIndexId,
  type Uuid,
} from '@permafrost/events';
import {
  GetRepoO_StorageTierCode as Tier,
  MainService,
  RegistryService,
  RepoAclPolicy_Policy,
  ReposService,
  StatI,
  StatService,
} from '@permafrost/proto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { failureOf } from '../testing/rpc-client.ts';
import {
  GLOBAL_ROOT,
  HOST,
  HOST_ROOT,
  REGISTRY,
  TestInstallation,
} from '../testing/installation.ts';

let at: TestInstallation;
const repoId = randomUuid();
const repo = uuidToBytes(repoId);
const creator = { creatorName: 'A', creatorEmail: 'a@example.org' };
const badVid = Uint8Array.of(1, 2, 3);
const oldVid = uuidToBytes(randomUuid());

beforeAll(async () => {
  at = await TestInstallation.start();
  at.startStad();
  await at.initRegistry();
  await at.initRepo('foo', repoId);
});
afterAll(() => at.stop());

describe('main and registry', () => {
  test('list what there is', async () => {
    const { main, registries } = await at.client.call(MainService.getRegistries, {});
    expect({ main, registries }).toEqual({
      main: 'main',
      registries: [{ name: REGISTRY, confirmed: true }],
    });
    const info = await at.client.call(RegistryService.info, { registry: REGISTRY });
    expect(info).toMatchObject({ registry: REGISTRY, numRoots: 1, numRepos: 1 });
    expect(info.vid).toHaveLength(16);
    const { roots } = await at.client.call(RegistryService.getRoots, { registry: REGISTRY });
    const root = { globalRoot: GLOBAL_ROOT, host: HOST, hostRoot: HOST_ROOT, gitlabNamespace: '' };
    expect(roots).toEqual([root]);
    const one = { registry: REGISTRY, globalRoot: `${GLOBAL_ROOT}/x/../` };
    const found = await at.client.call(RegistryService.getRoot, one);
    expect(found.root).toMatchObject(root);
  });

  test.for([
    ['', 1],
    [GLOBAL_ROOT, 1],
    [`${GLOBAL_ROOT}//foo/.`, 1],
    [`${GLOBAL_ROOT}/fo`, 0],
    [`${GLOBAL_ROOT}/foo/bar`, 0],
  ] as const)('the prefix %j holds %i repos', async ([globalPathPrefix, count]) => {
    const request = { registry: REGISTRY, globalPathPrefix };
    const { repos } = await at.client.call(RegistryService.getRepos, request);
    expect(repos).toHaveLength(count);
  });

  test('a repo has no ACL policy', async () => {
    const request = { registry: REGISTRY, repo };
    const { policy } = await at.client.call(RegistryService.getRepoAclPolicy, request);
    expect(policy).toEqual({ policy: RepoAclPolicy_Policy.P_NO_ACLS, fsoRootInfo: undefined });
  });

  test('the index of workflows is derived from the name', async () => {
    const request = { registry: REGISTRY };
    const reply = await at.client.call(RegistryService.enableEphemeralWorkflows, request);
    expect(reply.ephemeralWorkflowsId).toEqual(Buffer.from(uuidToBytes(workflowIndexId(REGISTRY))));
  });

  test('a root that is there already is accepted again, and can be removed when empty', async () => {
    const root = { registry: REGISTRY, host: HOST, globalRoot: '/empty/', hostRoot: '/srv//empty' };
    const request = { ...root, gitlabNamespace: '' };
    const first = await at.client.call(RegistryService.initRoot, request);
    expect(await at.client.call(RegistryService.initRoot, request)).toEqual(first);
    await at.client.call(RegistryService.removeRoot, { registry: REGISTRY, globalRoot: '/empty' });
    const { roots } = await at.client.call(RegistryService.getRoots, { registry: REGISTRY });
    expect(roots).toHaveLength(1);
  });

  test('a repo whose id is left out gets a random one', async () => {
    const request = { registry: REGISTRY, globalPath: `${GLOBAL_ROOT}/random`, ...creator };
    const zero = { ...request, repoId: uuidToBytes(nilUuid) };
    const reply = await at.client.call(RegistryService.initRepo, zero);
    expect(reply.repo).toHaveLength(16);
    expect(reply.repo).not.toEqual(Buffer.alloc(16));
  });
});

describe('repos', () => {
  test('a repo tells where it is', async () => {
    expect(await at.client.call(ReposService.getRepo, { repo })).toMatchObject({
      registry: REGISTRY,
      globalPath: `${GLOBAL_ROOT}/foo`,
      file: `${HOST}:${HOST_ROOT}/foo`,
      shadow: `${HOST}:/shadow/${repoId}.fso`,
      gitlab: '',
      errorMessage: '',
      storageTier: Tier.ST_ONLINE,
    });
  });

  test('an error is set, and cleared by its exact text only', async () => {
    const set = { repo, errorMessage: 'disk on fire' };
    const { vid } = await at.client.call(ReposService.setRepoError, set);
    expect(await at.client.call(ReposService.setRepoError, set)).toEqual({ vid });
    const other = at.client.call(ReposService.setRepoError, { repo, errorMessage: 'flood' });
    expect(await failureOf(other)).toMatchObject({ code: 'ERROR_STORED_ALREADY' });
    const wrong = at.client.call(ReposService.clearRepoError, { repo, errorMessage: 'disk' });
    expect(await failureOf(wrong)).toMatchObject({
      status: status.FAILED_PRECONDITION,
      text: 'repos error: clear message mismatch',
      code: 'ERROR_MESSAGE_DIFFERS',
    });
    await at.client.call(ReposService.clearRepoError, { ...set, vid });
  });

  test('the shadow repo is confirmed once', async () => {
    const { client } = at;
    const same = { repo, shadowPath: `/shadow/${repoId}.fso` };
    await client.call(ReposService.confirmShadow, same);
    const other = client.call(ReposService.confirmShadow, { repo, shadowPath: '/elsewhere' });
    expect(await failureOf(other)).toMatchObject({
      status: status.ALREADY_EXISTS,
      text: 'repos error: init conflict',
    });
  });
});

const nameRule = '^[a-z]([a-z0-9-]*[a-z0-9])?(\\.[a-z]([a-z0-9-]*[a-z0-9])?)*$';
const newRepo = { registry: REGISTRY, globalPath: `${GLOBAL_ROOT}/new`, ...creator };
const newRoot = {
  registry: REGISTRY,
  host: HOST,
  globalRoot: '/new',
  hostRoot: '/new',
  gitlabNamespace: '',
};
const { INVALID_ARGUMENT, NOT_FOUND, ALREADY_EXISTS, FAILED_PRECONDITION, ABORTED } = status;

type Refused = readonly [
  what: string,
  call: () => Promise<unknown>,
  status: status,
  text: string,
  code: string,
];

const refused: readonly Refused[] = [
  [
    'a registry name',
    () => at.client.call(RegistryService.initRegistry, { registry: 'Ex_Reg' }),
    INVALID_ARGUMENT,
    `malformed registry name: \`Ex_Reg\` does not match regex \`${nameRule}\``,
    'REGISTRY_NAME_MALFORMED',
  ],
  [
    'a version of wrong length',
    () => at.client.call(RegistryService.initRegistry, { registry: 'b', mainVid: badVid }),
    INVALID_ARGUMENT,
    'malformed vid: ulid: bad data size when unmarshaling',
    'VID_MALFORMED',
  ],
  [
    'an unknown registry',
    () => at.client.call(RegistryService.info, { registry: 'nope' }),
    NOT_FOUND,
    'registry error: uninitialized registry',
    'REGISTRY_NOT_INITIALIZED',
  ],
  [
    'a root in an unknown registry',
    () => at.client.call(RegistryService.initRoot, { ...newRoot, registry: 'nope' }),
    NOT_FOUND,
    'registry error: uninitialized registry',
    'REGISTRY_NOT_INITIALIZED',
  ],
  [
    'a relative root',
    () => at.client.call(RegistryService.initRoot, { ...newRoot, globalRoot: 'new' }),
    INVALID_ARGUMENT,
    'registry error: path is not absolute and clean',
    'PATH_NOT_ABSOLUTE',
  ],
  [
    'a known root with other arguments',
    () => at.client.call(RegistryService.initRoot, { ...newRoot, globalRoot: GLOBAL_ROOT }),
    ALREADY_EXISTS,
    'registry error: root already initialized with other arguments',
    'ROOT_EXISTS_WITH_OTHER_ARGUMENTS',
  ],
  [
    'a GitLab namespace without a slash',
    () => at.client.call(RegistryService.initRoot, { ...newRoot, gitlabNamespace: 'x' }),
    INVALID_ARGUMENT,
    'registry error: Gitlab namespace missing slash',
    'ROOT_GITLAB_NAMESPACE_WITHOUT_SLASH',
  ],
  [
    'the removal of a root with repos',
    () =>
      at.client.call(RegistryService.removeRoot, { registry: REGISTRY, globalRoot: GLOBAL_ROOT }),
    FAILED_PRECONDITION,
    'registry error: root has repos',
    'ROOT_HAS_REPOS',
  ],
  [
    'the removal of an unknown root',
    () => at.client.call(RegistryService.removeRoot, { registry: REGISTRY, globalRoot: '/no' }),
    NOT_FOUND,
    'registry error: unknown root',
    'ROOT_UNKNOWN',
  ],
  [
    'a look at an unknown root',
    () => at.client.call(RegistryService.getRoot, { registry: REGISTRY, globalRoot: '/no' }),
    NOT_FOUND,
    'unknown root',
    'ROOT_UNKNOWN',
  ],
  [
    'an old version',
    () => at.client.call(RegistryService.initRoot, { ...newRoot, vid: oldVid }),
    ABORTED,
    'registry error: version conflict: stored VID',
    'VERSION_CONFLICT',
  ],
  [
    'a repo without a creator',
    () => at.client.call(RegistryService.initRepo, { ...newRepo, creatorName: '' }),
    INVALID_ARGUMENT,
    'registry error: missing creator name',
    'CREATOR_NAME_MISSING',
  ],
  [
    'a repo outside of all roots',
    () => at.client.call(RegistryService.initRepo, { ...newRepo, globalPath: '/outside' }),
    NOT_FOUND,
    'registry error: unknown root',
    'ROOT_UNKNOWN',
  ],
  [
    'a relative path of a repo',
    () => at.client.call(RegistryService.initRepo, { ...newRepo, globalPath: 'foo' }),
    INVALID_ARGUMENT,
    'registry error: path is not absolute and clean',
    'PATH_NOT_ABSOLUTE',
  ],
  [
    'a second repo at a path',
    () =>
      at.client.call(RegistryService.initRepo, { ...newRepo, globalPath: `${GLOBAL_ROOT}/foo` }),
    ALREADY_EXISTS,
    'registry error: repo already initialized at path',
    'REPO_EXISTS_AT_PATH',
  ],
  [
    'a repo id of wrong length',
    () => at.client.call(RegistryService.initRepo, { ...newRepo, repoId: badVid }),
    INVALID_ARGUMENT,
    'malformed repo id: invalid data size',
    'REPO_ID_MALFORMED',
  ],
  ...[repoId, mainId, registryId(REGISTRY), workflowIndexId(REGISTRY)].map((id): Refused => [
    `a repo with the used id ${id}`,
    () => at.client.call(RegistryService.initRepo, { ...newRepo, repoId: uuidToBytes(id) }),
    ALREADY_EXISTS,
    'registry error: repo id already in use',
    'REPO_ID_IN_USE',
  ]),
  [
    'the policy of an unknown repo',
    () =>
      at.client.call(RegistryService.getRepoAclPolicy, {
        registry: REGISTRY,
        repo: uuidToBytes(randomUuid()),
      }),
    NOT_FOUND,
    'unknown repo',
    'REPO_UNKNOWN',
  ],
  [
    'a malformed repo id',
    () => at.client.call(ReposService.getRepo, { repo: badVid }),
    INVALID_ARGUMENT,
    'malformed repo id: invalid data size',
    'REPO_ID_MALFORMED',
  ],
  [
    'an unknown repo',
    () => at.client.call(ReposService.getRepo, { repo: uuidToBytes(randomUuid()) }),
    NOT_FOUND,
    'repos error: uninitialized repo',
    'REPO_NOT_INITIALIZED',
  ],
  [
    'a repo that is a registry',
    () => at.client.call(ReposService.getRepo, { repo: uuidToBytes(registryId(REGISTRY)) }),
    NOT_FOUND,
    'repos error: invalid event type',
    'HISTORY_OF_OTHER_KIND',
  ],
  [
    'an error of an unknown repo',
    () =>
      at.client.call(ReposService.setRepoError, {
        repo: uuidToBytes(parseUuid('6ba7b810-9dad-41d1-80b4-00c04fd430c8')),
        errorMessage: 'x',
      }),
    NOT_FOUND,
    'repos error: uninitialized repo',
    'REPO_NOT_INITIALIZED',
  ],
  ...[StatService.stat, StatService.statStatus].map((method): Refused => [
    `the files of an unknown repo: ${method.path}`,
    () => at.client.all(method as typeof StatService.stat, statOf(nilUuid)),
    NOT_FOUND,
    `unknown repo: ${nilUuid}`,
    'REPO_NOT_FOUND',
  ]),
  [
    'an error text above 200 bytes',
    () => at.client.call(ReposService.setRepoError, { repo, errorMessage: 'ä'.repeat(101) }),
    INVALID_ARGUMENT,
    'error message too long',
    'ERROR_MESSAGE_TOO_LONG',
  ],
  [
    'an empty text to clear',
    () => at.client.call(ReposService.clearRepoError, { repo, errorMessage: '' }),
    INVALID_ARGUMENT,
    'repos error: empty clear message',
    'ERROR_MESSAGE_EMPTY',
  ],
];

function statOf(id: Uuid): StatI {
  return StatI.fromPartial({ repo: uuidToBytes(id), authorName: 'A', authorEmail: 'a@b.c' });
}

test.for(refused)('refused, with nothing written: %s', async ([, call, code, text, name]) => {
  const end = await at.journal.end();
  const failure = await failureOf(call());
  expect(failure).toMatchObject({ status: code, code: name });
  expect(failure.text.startsWith(text), failure.text).toBe(true);
  expect(failure.remedy).toMatch(/\.$/);
  expect(await at.journal.end()).toBe(end);
});

test('a second repo in one directory is refused, and told which the first is', async () => {
  await at.client.call(RegistryService.initRoot, { ...newRoot, hostRoot: HOST_ROOT });
  const second = { ...newRepo, globalPath: '/new/foo' };
  expect(await failureOf(at.client.call(RegistryService.initRepo, second))).toMatchObject({
    status: status.ALREADY_EXISTS,
    code: 'REPO_DIRECTORY_OVERLAPS_OTHER',
    text:
      'registry error: another repo has the directory, holds it, or lies in it: ' +
      `${GLOBAL_ROOT}/foo of registry ${REGISTRY}`,
  });
});
