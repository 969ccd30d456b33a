// Every command against canned answers: the exit code, what people see, what programs get.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { status } from '@grpc/grpc-js';
import { registryId, uuidFromBytes, workflowIndexId, type Uuid } from '@permafrost/events';
import {
  GetRepoO_StorageTierCode,
  MainService,
  operator,
  RegistryService,
} from '@permafrost/proto';
import { FakeRegd, Refusal } from '../testing/fake-regd.ts';
import { jsonLines, runCli, runCliOnTerminal, type CliResult } from '../testing/run-cli.ts';
import {
  AUTHOR,
  REPO_ID,
  REPO_PATH,
  samplePresence,
  sampleRepo,
  sampleWorkflow,
  WORKFLOW_ID,
} from '../testing/samples.ts';

const { OperatorService } = operator;
const { ST_FREEZE_FAILED, ST_FREEZING, ST_UNSPECIFIED } = GetRepoO_StorageTierCode;

let regd: FakeRegd;

beforeEach(async () => {
  regd = await FakeRegd.create();
});

afterEach(async () => {
  await regd[Symbol.asyncDispose]();
});

/** Runs a command for people and for programs, and checks what holds for every command. */
async function both(...args: readonly string[]): Promise<{ people: CliResult; values: unknown[] }> {
  const people = await runCli(['--state', regd.state, ...args]);
  const programs = await runCli(['--server', regd.address, '--json', ...args]);
  expect(programs.exitCode).toBe(people.exitCode);
  for (const line of people.stdout.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
  expect(people.stdout + people.stderr).not.toMatch(/\u001b|\n {4}at /);
  return { people, values: [...jsonLines(programs.stdout)] };
}

describe('registries', () => {
  it('lists them', async () => {
    const registries = [
      { name: 'lab', confirmed: true },
      { name: 'new', confirmed: false },
    ];
    const main = { main: 'main', vid: Buffer.alloc(16), registries };
    await regd.on(MainService.getRegistries, () => main).start();
    const { people, values } = await both('registries');
    expect(people).toMatchObject({ exitCode: 0, stderr: '' });
    expect(people.stdout).toMatch(/^REGISTRY +STATE\nlab +ready\nnew +being set up\n$/);
    expect(values).toEqual(registries);
  });

  it('says how to begin where there is none', async () => {
    const main = { main: 'main', vid: Buffer.alloc(16), registries: [] };
    await regd.on(MainService.getRegistries, () => main).start();
    const { people, values } = await both('registries');
    expect(people.stdout).toContain('permafrost init registry NAME');
    expect(values).toEqual([]);
  });
});

describe('repos', () => {
  it('lists them with their tiers, also those that are not set up', async () => {
    const long = `/data/${'a-very-long-name/'.repeat(8)}end`;
    await regd
      .on(RegistryService.getRepos, ({ registry, globalPathPrefix }) => ({
        registry,
        vid: Buffer.alloc(16),
        repos: [
          { globalPath: long, confirmed: true, id: Buffer.alloc(16, 1) },
          { globalPath: `${globalPathPrefix}b`, confirmed: false, id: Buffer.alloc(16, 2) },
        ],
      }))
      .on(OperatorService.findRepo, ({ target }) => {
        if (target.startsWith('02')) throw new Refusal(status.NOT_FOUND, 'unknown repo');
        const repo = { globalPath: long, registryTier: ST_FREEZE_FAILED, errorMessage: 'EIO' };
        return { repo: sampleRepo({ ...repo, id: target }) };
      })
      .start();
    const { people, values } = await both('repos', 'lab');
    expect(people.exitCode).toBe(0);
    expect(people.stdout).toMatch(/freeze-failed +files1/);
    expect(people.stdout.replaceAll(/\s+(error)?\s*/g, '')).toContain(long.slice(0, 40));
    expect(people.stdout).toMatch(/\/b +unconfirmed/);
    expect(values).toMatchObject([
      { globalPath: long, tier: 'freeze-failed', errorMessage: 'EIO' },
      { globalPath: '/b', tier: 'unconfirmed', registry: 'lab' },
    ]);
  });
});

describe('workflows', () => {
  it('lists what is under way, and all on request', async () => {
    const failed = { id: REPO_ID, waitingFor: '', state: 'terminated', statusCode: 105 };
    await regd
      .on(OperatorService.listWorkflows, ({ registry, includeFinished, pageToken }) =>
        pageToken === ''
          ? {
              workflows: [sampleWorkflow({ registry })],
              nextPageToken: includeFinished ? 'more' : '',
            }
          : {
              workflows: [sampleWorkflow({ ...failed, statusMessage: 'EIO: bad disk' })],
              nextPageToken: '',
            },
      )
      .start();
    const few = await both('workflows', 'lab');
    expect(few.people.stdout).toMatch(/^\/data\/survey-2024 +freeze: at work +3m ago$/m);
    expect(few.people.stdout).toContain('waiting for stad on host files1');
    expect(few.values).toHaveLength(1);
    const all = await both('workflows', 'lab', '--all');
    expect(all.people.stdout).toContain('freeze: failed (105)');
    expect(all.people.stdout).toContain('EIO: bad disk');
    expect(all.values).toHaveLength(2);
  });

  it('lists what is stuck, on whom it waits, and since when', async () => {
    const nowMs = Date.now();
    const worker = samplePresence();
    const at = (phase: string): operator.Progress =>
      operator.Progress.fromPartial({ phase, message: 'EIO', updatedMs: nowMs });
    await regd
      .on(OperatorService.listWorkflows, () => ({
        workflows: [
          sampleWorkflow({ worker, progress: at('retrying') }),
          sampleWorkflow({ id: REPO_ID, worker, progress: at('attributes') }),
          sampleWorkflow({
            waitingFor: 'regd',
            state: 'initialized',
            updatedMs: nowMs - 7_200_000,
          }),
          sampleWorkflow({ waitingFor: '', state: 'terminated' }),
        ],
        nextPageToken: '',
      }))
      .start();
    const { people, values } = await both('workflows', 'lab', '--stuck');
    expect(people.stdout).toMatch(/^\/data\/survey-2024 +regd +2h ago$/m);
    expect(people.stdout).toMatch(/^\/data\/survey-2024 +stad on host files1 +2m ago$/m);
    expect(people.stdout).toContain('about to try again: EIO');
    expect(people.stdout).not.toContain(REPO_ID);
    expect(values).toMatchObject([
      { waitingFor: 'regd', waitingSinceMs: nowMs - 7_200_000 },
      { waitingFor: 'stad on host files1' },
    ]);
    const long = await both('workflows', 'lab', '--for', '1h');
    expect(long.values).toHaveLength(1);
    const none = await both('workflows', 'lab', '--for', '3h');
    expect(none.people).toMatchObject({ exitCode: 0, stdout: 'nothing is stuck in lab\n' });
  });
});

describe('status', () => {
  it('shows daemons, work and journal', async () => {
    const silent = samplePresence({ daemon: 'regd', host: 'hub', alive: false });
    await regd
      .on(OperatorService.getStatus, () => ({
        daemons: [samplePresence(), silent],
        workflows: [sampleWorkflow()],
        journal: {
          path: '/var/lib/permafrost/journal.db',
          events: 1234,
          bytes: 2 ** 20,
          schema: 2,
        },
      }))
      .start();
    const { people, values } = await both('status');
    expect(people.stdout).toMatch(/^stad +files1 +alive +\ds ago +2h ago +4711 +0\.1\.0$/m);
    expect(people.stdout).toMatch(/^regd +hub +silent +\ds ago +2h ago/m);
    expect(people.stdout).toContain('1,234 events, 1.0 MiB');
    expect(values).toMatchObject([{ daemons: [{ alive: true }, { alive: false }] }]);
  });

  it('says that stad is missing', async () => {
    const empty = { daemons: [], workflows: [], journal: undefined };
    await regd.on(OperatorService.getStatus, () => empty).start();
    const { people } = await both('status');
    expect(people.stdout).toContain('no stad is alive');
    expect(people.stdout).toContain('nothing is under way');
  });

  it('shows a repo, its error, its last workflow, and what to do', async () => {
    const broken = { registryTier: ST_FREEZE_FAILED, errorMessage: 'freeze failed: EIO' };
    const last = { waitingFor: '', state: 'terminated', statusCode: 105, statusMessage: 'EIO' };
    await regd
      .on(OperatorService.findRepo, () => ({ repo: sampleRepo(broken) }))
      .on(OperatorService.listWorkflows, ({ globalPath, newestFirst, pageSize }) => ({
        workflows:
          globalPath === REPO_PATH && newestFirst && pageSize === 1 ? [sampleWorkflow(last)] : [],
        nextPageToken: '',
      }))
      .start();
    const { people, values } = await both('status', REPO_PATH);
    expect(people.stdout).toMatch(/^tier +freeze-failed$/m);
    expect(people.stdout).toMatch(/^error +freeze failed: EIO$/m);
    expect(people.stdout).toMatch(/^last workflow +freeze: failed \(105\), 2m ago$/m);
    expect(people.stdout).toContain(`permafrost --state ${regd.state} freeze ${REPO_PATH}`);
    expect(values).toMatchObject([{ tier: 'freeze-failed', lastWorkflow: { statusCode: 105 } }]);
  });

  it('shows no error in colours where there is none', async () => {
    await regd
      .on(OperatorService.findRepo, () => ({ repo: sampleRepo() }))
      .on(OperatorService.listWorkflows, () => ({ workflows: [], nextPageToken: '' }))
      .start();
    const drawn = await runCliOnTerminal(['--state', regd.state, 'status', REPO_PATH]);
    expect(drawn).toContain(REPO_PATH);
    expect(drawn).not.toContain('error');
  });

  it('takes a path that is relative to the current directory, or an id', async () => {
    const targets: string[] = [];
    await regd
      .on(OperatorService.findRepo, ({ target }) => {
        targets.push(target);
        return { repo: sampleRepo() };
      })
      .on(OperatorService.listWorkflows, () => ({ workflows: [], nextPageToken: '' }))
      .start();
    await runCli(['--state', regd.state, 'status', 'x/..//y'], { cwd: '/usr' });
    await runCli(['--state', regd.state, 'status', REPO_ID.toUpperCase()]);
    expect(targets).toEqual(['/usr/y', REPO_ID]);
  });

  it('looks a second time where a path leads through a symlink', async () => {
    // /proc/self/exe is a symlink on every machine that can run this.
    const targets: string[] = [];
    await regd
      .on(OperatorService.findRepo, ({ target }) => {
        targets.push(target);
        throw new Refusal(status.NOT_FOUND, 'no repo holds the path', {
          'permafrost-code': 'REPO_NOT_FOUND',
          'permafrost-remedy': 'List the repos.',
        });
      })
      .start();
    const { exitCode, stderr } = await runCli(['--state', regd.state, 'status', '/proc/self/exe']);
    expect(exitCode).toBe(1);
    expect(targets).toEqual(['/proc/self/exe', process.execPath]);
    expect(stderr).toBe('permafrost: no repo holds the path\n  List the repos.\n');
  });
});

describe('init', () => {
  it('creates a registry and waits until it is there', async () => {
    let asked = 0;
    await regd
      .on(RegistryService.initRegistry, () => ({ mainVid: Buffer.alloc(16) }))
      .on(RegistryService.enableEphemeralWorkflows, () => {
        asked += 1;
        if (asked % 2 === 1) throw new Refusal(status.NOT_FOUND, 'registry error: uninitialized');
        return { vid: Buffer.alloc(16), ephemeralWorkflowsId: Buffer.alloc(16) };
      })
      .start();
    const { people, values } = await both('init', 'registry', 'lab');
    expect(people).toMatchObject({ exitCode: 0, stdout: 'registry lab is ready\n' });
    expect(values).toEqual([{ registry: 'lab' }]);
    expect(asked).toBe(4);
  });

  it('creates a root, by default at the same path', async () => {
    const roots: string[] = [];
    await regd
      .on(RegistryService.initRoot, ({ host, globalRoot, hostRoot }) => {
        roots.push(`${globalRoot} ${host} ${hostRoot}`);
        return { vid: Buffer.alloc(16) };
      })
      .start();
    await both('init', 'root', 'lab', '/data', '--host', 'files1');
    await both('init', 'root', 'lab', '/data', '--host', 'files1', '--host-root', '/srv');
    expect(new Set(roots)).toEqual(new Set(['/data files1 /data', '/data files1 /srv']));
  });

  type Accepted = Readonly<{ path: string; id: Uuid }>;

  /** Returns the repos that it has accepted. */
  function acceptingRepo(...seen: readonly operator.Repo[]): readonly Accepted[] {
    const accepted: Accepted[] = [];
    regd
      .on(OperatorService.getStatus, () => ({ daemons: [], workflows: [], journal: undefined }))
      .on(RegistryService.initRepo, ({ globalPath: path, repoId: repo = Buffer.alloc(16) }) => {
        accepted.push({ path, id: uuidFromBytes(repo) });
        return { repo, vid: Buffer.alloc(16) };
      })
      .tell(OperatorService.watchRepo, () => seen.map((repo) => ({ repo })));
    return accepted;
  }

  const initRepo = ['init', 'repo', 'lab', REPO_PATH, '--author', AUTHOR] as const;

  it('waits until a repo is online, and says for whom', async () => {
    const unconfirmed = { registryTier: ST_UNSPECIFIED, repoTier: ST_UNSPECIFIED };
    acceptingRepo(
      sampleRepo(unconfirmed),
      sampleRepo({ registryTier: ST_UNSPECIFIED }),
      sampleRepo(),
    );
    await regd.start();
    const { people, values } = await both(...initRepo);
    expect(people.exitCode).toBe(0);
    expect(people.stderr).toContain('waiting for stad on host files1, which is not running');
    expect(people.stdout).toBe(`${REPO_PATH} is online, id ${REPO_ID}\n`);
    expect(values).toMatchObject([{ id: REPO_ID, tier: 'online' }]);
  });

  it('takes a relative path for one here, and the roots tell what that is in the registry', async () => {
    const accepted = acceptingRepo(sampleRepo());
    await regd
      .on(RegistryService.getRoots, ({ registry }) => ({
        registry,
        vid: Buffer.alloc(16),
        roots: [
          { globalRoot: '/lab', host: 'files1', hostRoot: process.cwd(), gitlabNamespace: '' },
        ],
      }))
      .start();
    const { people } = await both('init', 'repo', 'lab', 'scan', '--author', AUTHOR);
    expect(people.exitCode).toBe(0);
    expect(accepted.map(({ path }) => path)).toEqual(['/lab/scan', '/lab/scan']);
  });

  it('takes the id that a repo had elsewhere, and makes one for a new repo', async () => {
    const accepted = acceptingRepo(sampleRepo());
    await regd.start();
    await both(...initRepo, '--uuid', REPO_ID.toUpperCase());
    expect(accepted.map(({ id }) => id)).toEqual([REPO_ID, REPO_ID]);
    await both(...initRepo);
    expect(new Set(accepted.map(({ id }) => id)).size).toBe(3);
  });

  it('fails with the error that the repo has', async () => {
    const error = { registryTier: ST_UNSPECIFIED, errorMessage: 'no such directory' };
    acceptingRepo(sampleRepo(error));
    await regd.start();
    const { people, values } = await both(...initRepo);
    expect(people).toMatchObject({ exitCode: 1, stdout: '' });
    expect(people.stderr).toContain('could not be set up: no such directory');
    expect(people.stderr).toContain(`clear-error ${REPO_PATH}`);
    expect(values).toMatchObject([{ error: { code: 'REPO_NOT_SET_UP' } }]);
  });
});

describe('events', () => {
  const vid = '01JDE2X5V5R8WQ1ZK8C3T9M4NP';
  const event: operator.JournalEvent = {
    position: 7,
    history: WORKFLOW_ID,
    kind: 'workflow',
    label: REPO_PATH,
    id: vid,
    parent: '00000000000000000000000000',
    type: 'EV_FSO_UNFREEZE_REPO_FILES_STARTED',
    timeMs: Date.UTC(2026, 10, 24, 4, 7, 33),
    json: '{"type":"FilesStarted","direction":"unfreeze"}',
  };

  it.each([
    [['registry', 'lab'], registryId('lab')],
    [['index', 'lab'], workflowIndexId('lab')],
    [['workflow', WORKFLOW_ID], WORKFLOW_ID],
    [['repo', REPO_PATH], REPO_ID],
  ])('tells those of %s', async (which, history) => {
    const requests: operator.WatchEventsRequest[] = [];
    await regd
      .on(OperatorService.findRepo, () => ({ repo: sampleRepo() }))
      .tell(OperatorService.watchEvents, (request) => {
        requests.push(request);
        return [{ event }];
      })
      .start();
    const { people, values } = await both('events', ...which, '--after', vid.toLowerCase());
    expect(people).toMatchObject({ exitCode: 0, stderr: '' });
    expect(people.stdout).toBe(
      '2026-11-24 04:07:33  registry and repo agree; stad may unfreeze the files\n',
    );
    expect(values).toMatchObject([{ id: vid, event: { direction: 'unfreeze' } }]);
    expect(requests[0]).toEqual({ history, afterEvent: vid, watch: false });
  });

  it.each([
    ['registry', 'lab', 'there is no registry lab'],
    ['index', 'lab', 'there is no registry lab'],
    ['workflow', WORKFLOW_ID, `no workflow has the id ${WORKFLOW_ID}`],
  ])('names the %s that there is not as the user does', async (kind, which, words) => {
    await regd
      .tell(OperatorService.watchEvents, () => {
        const trailers = { 'permafrost-code': 'HISTORY_UNKNOWN' };
        throw new Refusal(status.NOT_FOUND, 'unknown history 64e8755b', trailers);
      })
      .start();
    const { people } = await both('events', kind, which);
    expect(people).toMatchObject({ exitCode: 1, stderr: `permafrost: ${words}\n` });
  });

  it('follows a workflow until it has ended', async () => {
    const json = '{"type":"WorkflowCommitted","direction":"unfreeze"}';
    await regd
      .tell(OperatorService.watchEvents, async function* () {
        yield* [{ event }, { event: { ...event, json } }];
        await new Promise(() => undefined);
      })
      .start();
    const args = ['--state', regd.state, 'events', 'workflow', WORKFLOW_ID, '--watch'];
    const { exitCode, stdout } = await runCli(args);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/the files\n.*the workflow has ended\n$/);
  });

  it('goes on after the last event when regd was away', async () => {
    const after: (string | undefined)[] = [];
    await regd
      .tell(OperatorService.watchEvents, function* ({ afterEvent }) {
        after.push(afterEvent);
        if (after.length === 3) throw new Refusal(status.NOT_FOUND, 'enough');
        yield { event };
      })
      .start();
    const { exitCode, stderr, stdout } = await runCli([
      ...['--state', regd.state, '--json', 'events', 'registry', 'lab', '--watch'],
    ]);
    expect(after).toEqual([undefined, vid, vid]);
    expect({ exitCode, lines: jsonLines(stdout).length }).toEqual({ exitCode: 1, lines: 3 });
    expect(stderr).toContain('enough');
  });
});

describe('clear-error', () => {
  it('clears the error that there is, by its text', async () => {
    const cleared: unknown[] = [];
    await regd
      .on(OperatorService.findRepo, () => ({ repo: sampleRepo({ errorMessage: 'EIO' }) }))
      .on(OperatorService.clearError, (request) => {
        cleared.push(request);
        return { repoVid: '' };
      })
      .start();
    const { people } = await both('clear-error', REPO_ID);
    expect(people).toMatchObject({
      exitCode: 0,
      stdout: `cleared the error of ${REPO_PATH}: EIO\n`,
    });
    expect(cleared[0]).toEqual({ repoId: REPO_ID, errorMessage: 'EIO' });
  });

  it('has nothing to do without one', async () => {
    await regd.on(OperatorService.findRepo, () => ({ repo: sampleRepo() })).start();
    const { people } = await both('clear-error', REPO_ID);
    expect(people).toMatchObject({ exitCode: 0, stdout: `${REPO_PATH} has no error\n` });
  });
});

describe('verify', () => {
  const summary = {
    item: { $case: 'summary', value: { histories: 3, events: 40, problems: 0 } },
  } as const;
  const finding = {
    item: {
      $case: 'finding',
      value: {
        severity: 'error',
        code: 'BROKEN_CHAIN',
        history: REPO_ID,
        event: '01JDE2X5V5R8WQ1ZK8C3T9M4NP',
        message: 'the parent is missing',
      },
    },
  } as const;

  it('is content with a sound journal', async () => {
    await regd.tell(OperatorService.verify, () => [summary]).start();
    const { people } = await both('verify');
    expect(people).toMatchObject({ exitCode: 0, stdout: 'read 40 events of 3 histories\n' });
  });

  it('fails with a list of what it found', async () => {
    await regd.tell(OperatorService.verify, () => [finding, summary]).start();
    const { people, values } = await both('verify');
    expect(people.exitCode).toBe(1);
    expect(people.stdout).toContain('error BROKEN_CHAIN: the parent is missing');
    expect(values).toMatchObject([
      { code: 'BROKEN_CHAIN' },
      { events: 40 },
      { error: { code: 'JOURNAL_HAS_FLAWS', findings: 1 } },
    ]);
  });

  it('does not take half of a journal for the whole', async () => {
    await regd.tell(OperatorService.verify, () => []).start();
    const { people } = await both('verify');
    expect(people.exitCode).toBe(3);
  });
});

describe('gc', () => {
  it('passes the age on, and tells what was deleted', async () => {
    const ages: unknown[] = [];
    await regd
      .on(OperatorService.collectGarbage, ({ olderThanMs }) => {
        ages.push(olderThanMs);
        return { deleted: 3, deletedWorkflowIds: [WORKFLOW_ID] };
      })
      .start();
    const { people, values } = await both('gc', '--older-than', '1d12h');
    expect(people.stdout).toBe(`deleted 3 workflows:\n${WORKFLOW_ID}\nand 2 more\n`);
    expect(values).toEqual([{ deleted: 3, deletedWorkflowIds: [WORKFLOW_ID] }]);
    expect(ages[0]).toBe(36 * 3_600_000);
  });
});

it('shows no commands for the terminal that somebody hid in a name', async () => {
  const evil = sampleRepo({ hostPath: '/srv/\u001b]0;owned\u0007\rx', registryTier: ST_FREEZING });
  await regd
    .on(OperatorService.findRepo, () => ({ repo: evil }))
    .on(OperatorService.listWorkflows, () => ({ workflows: [], nextPageToken: '' }))
    .start();
  const { people, values } = await both('status', REPO_ID);
  expect(people.stdout).toContain(String.raw`/srv/\x1b]0;owned\x07\x0dx`);
  expect(values).toMatchObject([{ hostPath: evil.hostPath }]);
});
