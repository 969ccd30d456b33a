import { status } from '@grpc/grpc-js';
import {
  mainId,
  nilUlid,
  nilUuid,
  randomUuid,
  registryId,
  RetryNoVC,
  ulidSource,
  ulidToBytes,
  uuidFromBytes,
  uuidToBytes,
  workflowIndexId,
  type Uuid,
} from '@permafrost/events';
import {
  FreezeRepoService,
  GetRepoO_StorageTierCode as Tier,
  JobControl,
  RegistryFreezeRepoService,
  RegistryService,
  ReposFreezeRepoService,
  ReposService,
  ReposUnfreezeRepoService,
  StatusCode,
  UnfreezeRepoService,
  WorkflowEvent_Type as Type,
  type CommitFreezeRepoO,
} from '@permafrost/proto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { failureOf } from '../testing/rpc-client.ts';
import {
  author,
  GLOBAL_ROOT,
  HOST,
  HOST_ROOT,
  REGISTRY,
  TestInstallation,
} from '../testing/installation.ts';

/** The words of the Go system for an id that belongs to something else. */
const OTHER_KIND =
  'event journal: event error: decoding journal protobuf failed: invalid event type';

let at: TestInstallation;
beforeAll(async () => {
  at = await TestInstallation.start();
  await at.initRegistry();
});
afterAll(() => at.stop());

let count = 0;
async function newRepo(): Promise<Uuid> {
  return at.initRepo(`repo-${++count}`);
}

async function tierOf(repo: Uuid): Promise<Tier> {
  return (await at.client.call(ReposService.getRepo, { repo: uuidToBytes(repo) })).storageTier;
}

function beginRequest(repo: Uuid, workflow: Uuid = randomUuid()): BeginRequest {
  const ids = { repo: uuidToBytes(repo), workflow: uuidToBytes(workflow) };
  return { registry: REGISTRY, ...ids, ...author };
}
type BeginRequest = Parameters<typeof FreezeRepoService.beginFreezeRepo.requestSerialize>[0];

describe('with a stad', () => {
  beforeEach(() => at.startStad());
  afterEach(() => at.stopStad());

  test('a repo is frozen and thawed, and a wait is answered at the end', async () => {
    const repo = await newRepo();
    const workflow = randomUuid();
    const frozen = await at.run('freeze', repo, workflow);
    expect(frozen).toMatchObject({
      registry: REGISTRY,
      repoId: Buffer.from(uuidToBytes(repo)),
      statusCode: StatusCode.SC_OK,
      statusMessage: '',
    });
    expect(await tierOf(repo)).toBe(Tier.ST_FROZEN);
    expect(at.disk.flagsWithin(`${HOST_ROOT}/repo-${count}`)).toBe('all');
    expect(await at.typesOf(workflow)).toEqual([
      Type.EV_FSO_FREEZE_REPO_STARTED_2,
      Type.EV_FSO_FREEZE_REPO_FILES_STARTED,
      Type.EV_FSO_FREEZE_REPO_FILES_COMPLETED,
      Type.EV_FSO_FREEZE_REPO_COMPLETED_2,
      Type.EV_FSO_FREEZE_REPO_COMMITTED,
    ]);

    const thawed = await at.run('unfreeze', repo);
    expect(thawed.statusCode).toBe(StatusCode.SC_OK);
    expect(await tierOf(repo)).toBe(Tier.ST_ONLINE);
    expect(at.disk.flagsWithin(`${HOST_ROOT}/repo-${count}`)).toBe('none');
  });

  test('a begin can be repeated, also after the end, and is answered with the same bytes', async () => {
    const repo = await newRepo();
    const request = beginRequest(repo);
    const first = await at.client.call(FreezeRepoService.beginFreezeRepo, request);
    expect(await at.client.call(FreezeRepoService.beginFreezeRepo, request)).toEqual(first);
    await at.client.call(FreezeRepoService.getFreezeRepo, {
      workflow: request.workflow,
      jobControl: JobControl.JC_WAIT,
    });
    expect(await at.client.call(FreezeRepoService.beginFreezeRepo, request)).toEqual(first);
    const other = { ...request, authorName: 'Somebody Else' };
    const refused = at.client.call(FreezeRepoService.beginFreezeRepo, other);
    expect(await failureOf(refused)).toMatchObject({
      status: status.ALREADY_EXISTS,
      text: 'freeze-repo workflow: command not idempotent',
      code: 'WORKFLOW_EXISTS_WITH_OTHER_ARGUMENTS',
    });
  });

  test('failed files end it as failed, with code and cause, and a second try is allowed', async () => {
    const repo = await newRepo();
    at.disk.remove(`${HOST_ROOT}/repo-${count}`);
    const failed = await at.run('freeze', repo);
    expect(failed.statusCode).toBe(StatusCode.SC_STAD_FREEZE_REPO_FAILED);
    expect(failed.statusMessage).toMatch(/no directory/);
    expect(await tierOf(repo)).toBe(Tier.ST_FREEZE_FAILED);
    at.disk.write(`${HOST_ROOT}/repo-${count}/file`);
    expect((await at.run('freeze', repo)).statusCode).toBe(StatusCode.SC_OK);
  });

  test('the versions that a client insists on are checked once, when it begins', async () => {
    const repo = await newRepo();
    const { vid: registryVid } = await at.client.call(RegistryService.info, { registry: REGISTRY });
    const { vid: repoVid } = await at.client.call(ReposService.getRepo, {
      repo: uuidToBytes(repo),
    });
    const request = { ...beginRequest(repo), registryVid, repoVid };
    const reply = await at.client.call(FreezeRepoService.beginFreezeRepo, request);
    expect(reply).toMatchObject({ registryVid, repoVid });
    const ended = await at.client.call(FreezeRepoService.getFreezeRepo, {
      workflow: request.workflow,
      jobControl: JobControl.JC_WAIT,
    });
    expect(ended.statusCode).toBe(StatusCode.SC_OK);
  });

  test('of two clients at once one wins, and the other is told who works on it', async () => {
    const repo = await newRepo();
    await at.run('freeze', repo);
    await at.stopStad();
    const begin = (name: string): Promise<unknown> =>
      at.client.call(UnfreezeRepoService.beginUnfreezeRepo, {
        ...beginRequest(repo),
        authorName: name,
      });
    const outcomes = await Promise.allSettled([begin('Zoë'), begin('Zoë')]);
    expect(outcomes.map((outcome) => outcome.status).sort()).toEqual(['fulfilled', 'rejected']);
    const failure = await failureOf(begin('Max'));
    expect(failure.status).toBe(status.FAILED_PRECONDITION);
    expect(JSON.parse(failure.holder ?? '')).toMatchObject({
      direction: 'unfreeze',
      author: `Zoë <${author.authorEmail}>`,
      waitingFor: expect.stringMatching(/regd|stad on host localhost \(not running\)/) as string,
    });
  });
});

describe('without a stad', () => {
  async function online(): Promise<Uuid> {
    at.startStad();
    const repo = await newRepo();
    await at.stopStad();
    return repo;
  }

  /** Begins a freeze and waits until regd has handed the files over. */
  async function atFiles(): Promise<{ repo: Uuid; workflow: Uint8Array; vid: Uint8Array }> {
    const repo = await online();
    const request = beginRequest(repo);
    await at.client.call(FreezeRepoService.beginFreezeRepo, request);
    // Begun by regd's own loop or by this call: either way, only once.
    const { workflow } = request;
    const begun = await at.client.call(FreezeRepoService.beginFreezeRepoFiles, { workflow });
    return { repo, workflow, vid: begun.workflowVid };
  }

  const stored = { statusCode: 105, statusMessage: 'no luck' };

  test('a client can do the work on the files itself', async () => {
    const { repo, workflow, vid } = await atFiles();
    const running = await at.client.call(FreezeRepoService.getFreezeRepo, {
      workflow,
      jobControl: JobControl.JC_NO_WAIT,
    });
    expect(running).toMatchObject({
      statusCode: StatusCode.SC_RUNNING,
      statusMessage: 'freezing files',
      workflowVid: vid,
    });
    await at.client.call(FreezeRepoService.commitFreezeRepoFiles, { workflow, workflowVid: vid });
    const ended = await at.client.call(FreezeRepoService.getFreezeRepo, {
      workflow,
      jobControl: JobControl.JC_WAIT,
    });
    expect(ended.statusCode).toBe(StatusCode.SC_OK);
    expect(await tierOf(repo)).toBe(Tier.ST_FROZEN);
  });

  test('a client can tell that the files failed', async () => {
    const { repo, workflow } = await atFiles();
    await at.client.call(FreezeRepoService.abortFreezeRepoFiles, { workflow, ...stored });
    const ended = await at.client.call(FreezeRepoService.getFreezeRepo, {
      workflow,
      jobControl: JobControl.JC_WAIT,
    });
    expect(ended).toMatchObject(stored);
    expect(await tierOf(repo)).toBe(Tier.ST_FREEZE_FAILED);
  });

  test('while the files are not done, nobody else can end it', async () => {
    const { workflow } = await atFiles();
    const state = {
      status: status.FAILED_PRECONDITION,
      text: 'freeze-repo workflow: command conflicts with aggregate state',
      code: 'WORKFLOW_IN_OTHER_STATE',
    };
    const { client } = at;
    const commit = client.call(FreezeRepoService.commitFreezeRepo, { workflow });
    expect(await failureOf(commit)).toMatchObject(state);
    const abort = client.call(FreezeRepoService.abortFreezeRepo, { workflow, ...stored });
    expect(await failureOf(abort)).toMatchObject(state);
    const success = { workflow, statusCode: 0, statusMessage: '' };
    const zero = client.call(FreezeRepoService.abortFreezeRepoFiles, success);
    expect(await failureOf(zero)).toMatchObject({ status: status.INVALID_ARGUMENT });
    const workflowVid = ulidToBytes(ulidSource()());
    const late = client.call(FreezeRepoService.commitFreezeRepoFiles, { workflow, workflowVid });
    expect(await failureOf(late)).toMatchObject({
      status: status.ABORTED,
      text: expect.stringContaining('freeze-repo workflow: version conflict: stored VID') as string,
    });
  });

  test.for([
    ['commit', Tier.ST_FROZEN],
    ['abort', Tier.ST_FREEZE_FAILED],
  ] as const)(
    'a %s brings registry, repo and index along, whoever is faster, and can be repeated',
    async ([end, tier]) => {
      const { repo, workflow } = await atFiles();
      const { client } = at;
      if (end === 'commit') {
        await client.call(FreezeRepoService.commitFreezeRepoFiles, { workflow });
      } else {
        await client.call(FreezeRepoService.abortFreezeRepoFiles, { workflow, ...stored });
      }
      // regd's own loop is about to do the same.
      const ask = (): Promise<CommitFreezeRepoO> =>
        end === 'commit'
          ? client.call(FreezeRepoService.commitFreezeRepo, { workflow })
          : client.call(FreezeRepoService.abortFreezeRepo, { workflow, ...stored });
      const reply = await ask();
      expect(await tierOf(repo)).toBe(tier);
      expect(reply.workflowVid).toEqual(await vidOf(uuidFromBytes(workflow)));
      expect(reply.workflowIndexVid).toEqual(await vidOf(workflowIndexId(REGISTRY)));
      expect(await ask()).toEqual(reply);
      const other =
        end === 'commit'
          ? client.call(FreezeRepoService.abortFreezeRepo, { workflow, ...stored })
          : client.call(FreezeRepoService.commitFreezeRepo, { workflow });
      expect((await failureOf(other)).status).toBe(status.FAILED_PRECONDITION);
    },
  );

  async function vidOf(history: Uuid): Promise<Buffer> {
    const head = await at.journal.head(history);
    return Buffer.from(ulidToBytes(head?.vid ?? nilUlid));
  }

  test('the single steps say what is in their way', async () => {
    const repo = uuidToBytes(await online());
    const workflow = uuidToBytes(randomUuid());
    const { client } = at;
    const step = { registry: REGISTRY, repo, workflow };
    const begun = await client.call(RegistryFreezeRepoService.registryBeginFreezeRepo, step);
    expect(await client.call(RegistryFreezeRepoService.registryBeginFreezeRepo, step)).toEqual(
      begun,
    );
    await client.call(ReposFreezeRepoService.reposBeginFreezeRepo, step);
    const other = { ...step, workflow: uuidToBytes(randomUuid()) };
    const stranger = client.call(RegistryFreezeRepoService.registryCommitFreezeRepo, other);
    expect(await failureOf(stranger)).toMatchObject({
      status: status.FAILED_PRECONDITION,
      text: 'registry error: workflow conflict',
      code: 'REPO_HELD_BY_OTHER_WORKFLOW',
    });
    const wrongWay = client.call(ReposUnfreezeRepoService.reposCommitUnfreezeRepo, step);
    expect(await failureOf(wrongWay)).toMatchObject({
      text: 'repos error: storage workflow conflict',
    });
    const tooLong = { ...step, statusCode: 1, statusMessage: 'x'.repeat(151) };
    const long = client.call(ReposFreezeRepoService.reposAbortFreezeRepo, tooLong);
    expect(await failureOf(long)).toMatchObject({ status: status.INVALID_ARGUMENT });
    await client.call(ReposFreezeRepoService.reposCommitFreezeRepo, step);
    await client.call(RegistryFreezeRepoService.registryCommitFreezeRepo, step);
    const unknown = { ...step, repo: uuidToBytes(randomUuid()) };
    const lost = client.call(RegistryFreezeRepoService.registryCommitFreezeRepo, unknown);
    expect(await failureOf(lost)).toMatchObject({
      status: status.NOT_FOUND,
      text: 'unknown repo',
    });
  });

  test('a wait ends when its client leaves, and when regd stops', async () => {
    const { workflow } = await atFiles();
    const request = { workflow, jobControl: JobControl.JC_WAIT };
    const open = at.regd.callsOpen;
    const waiting = at.client.call(FreezeRepoService.getFreezeRepo, request);
    await expect.poll(() => at.regd.callsOpen).toBe(open + 1);
    const failure = failureOf(waiting);
    await at.regd.stop();
    expect(await failure).toMatchObject({
      status: status.UNAVAILABLE,
      text: 'shutdown',
      code: 'SHUTDOWN',
    });
    at.client.close();
    await at.startRegd();
  });

  test('nothing begins with arguments that cannot be right', async () => {
    const repo = await online();
    const good = beginRequest(repo);
    const { journal, client } = at;
    const { INVALID_ARGUMENT, NOT_FOUND, FAILED_PRECONDITION } = status;
    const oldVid = ulidToBytes(ulidSource()());
    const taken = [repo, mainId, registryId(REGISTRY), workflowIndexId(REGISTRY)];
    const cases: readonly (readonly [Partial<BeginRequest>, status, string, string])[] = [
      [
        { repo: Uint8Array.of(1) },
        INVALID_ARGUMENT,
        'malformed repo id: invalid data size',
        'REPO_ID_MALFORMED',
      ],
      [
        { workflow: Uint8Array.of(1) },
        INVALID_ARGUMENT,
        'malformed workflow ID',
        'WORKFLOW_ID_MALFORMED',
      ],
      [
        { workflow: uuidToBytes(nilUuid) },
        INVALID_ARGUMENT,
        'malformed workflow ID',
        'WORKFLOW_ID_MALFORMED',
      ],
      [{ registryVid: Uint8Array.of(1) }, INVALID_ARGUMENT, 'malformed VID', 'VID_MALFORMED'],
      [{ repoVid: new Uint8Array() }, INVALID_ARGUMENT, 'malformed VID', 'VID_MALFORMED'],
      [{ authorName: '' }, INVALID_ARGUMENT, 'missing author name or email', 'AUTHOR_MISSING'],
      [{ authorEmail: ' ' }, INVALID_ARGUMENT, 'missing author name or email', 'AUTHOR_MISSING'],
      [
        { registry: 'nope' },
        NOT_FOUND,
        'registry error: uninitialized registry',
        'REGISTRY_NOT_INITIALIZED',
      ],
      [{ repo: uuidToBytes(randomUuid()) }, NOT_FOUND, 'unknown repo', 'REPO_UNKNOWN'],
      [{ registryVid: oldVid }, FAILED_PRECONDITION, 'version conflict', 'VERSION_CONFLICT'],
      [{ repoVid: oldVid }, FAILED_PRECONDITION, 'version conflict', 'VERSION_CONFLICT'],
      [
        { registryVid: ulidToBytes(RetryNoVC) },
        FAILED_PRECONDITION,
        'version conflict',
        'VERSION_CONFLICT',
      ],
      ...taken.map(
        (id) =>
          [
            { workflow: uuidToBytes(id) },
            FAILED_PRECONDITION,
            'rejected workflow ID: ID has been used before',
            'WORKFLOW_ID_IN_USE',
          ] as const,
      ),
    ];
    const end = await journal.end();
    for (const [change, code, text, name] of cases) {
      const call = client.call(FreezeRepoService.beginFreezeRepo, { ...good, ...change });
      expect(await failureOf(call)).toMatchObject({ status: code, text, code: name });
    }
    expect(await journal.end()).toBe(end);
  });

  test('nothing begins on a repo that is not ready for it', async () => {
    const repo = await online();
    const { client } = at;
    const thaw = client.call(UnfreezeRepoService.beginUnfreezeRepo, beginRequest(repo));
    expect(await failureOf(thaw)).toMatchObject({
      status: status.FAILED_PRECONDITION,
      text: 'registry: conflicting repo storage state',
      code: 'REPO_IN_OTHER_TIER',
      holder: undefined,
    });
    await client.call(ReposService.setRepoError, { repo: uuidToBytes(repo), errorMessage: 'x' });
    const broken = client.call(FreezeRepoService.beginFreezeRepo, beginRequest(repo));
    expect(await failureOf(broken)).toMatchObject({
      status: status.FAILED_PRECONDITION,
      text: 'repo has stored error',
      code: 'REPO_HAS_STORED_ERROR',
    });
    const outer = await online();
    await at.client.call(RegistryService.initRepo, {
      registry: REGISTRY,
      globalPath: `${GLOBAL_ROOT}/repo-${count}/inner`,
      creatorName: 'A',
      creatorEmail: 'a@example.org',
    });
    const nested = client.call(FreezeRepoService.beginFreezeRepo, beginRequest(outer));
    expect(await failureOf(nested)).toMatchObject({
      text: 'registry: not a leaf repo',
      code: 'REPO_HAS_CHILD_REPOS',
    });
  });

  test.for([
    ['an unknown workflow', randomUuid(), 'freeze-repo workflow: uninitialized'],
    ['no workflow at all', nilUuid, 'freeze-repo workflow: uninitialized'],
    ['a registry', registryId(REGISTRY), `freeze-repo workflow: ${OTHER_KIND}`],
  ] as const)('%s is not found', async ([, id, text]) => {
    const workflow = uuidToBytes(id);
    const { client } = at;
    const failed = { workflow, ...stored };
    for (const call of [
      client.call(FreezeRepoService.getFreezeRepo, { workflow, jobControl: JobControl.JC_WAIT }),
      client.call(FreezeRepoService.beginFreezeRepoFiles, { workflow }),
      client.call(FreezeRepoService.commitFreezeRepoFiles, { workflow }),
      client.call(FreezeRepoService.abortFreezeRepoFiles, failed),
      client.call(FreezeRepoService.commitFreezeRepo, { workflow }),
      client.call(FreezeRepoService.abortFreezeRepo, failed),
    ]) {
      expect(await failureOf(call)).toMatchObject({ status: status.NOT_FOUND, text });
    }
  });

  test('a workflow of the other direction is not found', async () => {
    const { workflow } = await atFiles();
    const request = { workflow, jobControl: JobControl.JC_NO_WAIT };
    const call = at.client.call(UnfreezeRepoService.getUnfreezeRepo, request);
    expect(await failureOf(call)).toMatchObject({
      status: status.NOT_FOUND,
      text: `unfreeze-repo workflow: ${OTHER_KIND}`,
    });
  });

  test('a repo that waits for a stad says that it does not run', async () => {
    const repo = await online();
    await at.begin('freeze', repo, randomUuid());
    const again = at.client.call(FreezeRepoService.beginFreezeRepo, beginRequest(repo));
    const { holder } = await failureOf(again);
    expect(holder).toMatch(new RegExp(`regd|stad on host ${HOST} \\(not running\\)`));
  });
});
