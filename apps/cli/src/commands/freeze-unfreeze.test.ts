// Waiting for a workflow, whatever happens meanwhile.
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { status } from '@grpc/grpc-js';
import { uuidFromBytes } from '@permafrost/events';
import {
  FreezeRepoService,
  GetRepoO_StorageTierCode,
  operator,
  UnfreezeRepoService,
  type BeginFreezeRepoI,
} from '@permafrost/proto';
import { FakeRegd, Refusal } from '../testing/fake-regd.ts';
import { jsonLines, runCli, startCli, type CliResult } from '../testing/run-cli.ts';
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
const { ST_FROZEN, ST_ONLINE } = GetRepoO_StorageTierCode;

let regd: FakeRegd;
let begun: BeginFreezeRepoI[];
/** Without it, regd never answers. */
let repo: operator.Repo | undefined;

const begin = {
  registryVid: Buffer.alloc(16),
  repoVid: Buffer.alloc(16),
  workflowIndexVid: Buffer.alloc(16),
  workflowVid: Buffer.alloc(16),
};
const done = sampleWorkflow({ state: 'terminated', statusCode: 0, waitingFor: '' });

beforeEach(async () => {
  begun = [];
  regd = await FakeRegd.create();
  repo = sampleRepo();
  regd.on(OperatorService.findRepo, () => (repo ? { repo } : new Promise<never>(() => undefined)));
});

afterEach(async () => {
  await regd[Symbol.asyncDispose]();
});

function accepting(): FakeRegd {
  return regd
    .on(FreezeRepoService.beginFreezeRepo, (request) => {
      begun.push(request);
      return begin;
    })
    .on(UnfreezeRepoService.beginUnfreezeRepo, () => begin);
}

function ending(...seen: readonly operator.Workflow[]): FakeRegd {
  return accepting().tell(OperatorService.watchWorkflow, () =>
    seen.map((workflow) => ({ workflow })),
  );
}

/** Never ends: as if stad were away. */
async function* forever(): AsyncGenerator<operator.WatchWorkflowResponse> {
  yield { workflow: sampleWorkflow() };
  await new Promise(() => undefined);
}

const freezeArgs = (...more: readonly string[]): readonly string[] => [
  ...['--state', regd.state, ...more, 'freeze', REPO_PATH, '--author', AUTHOR],
  ...['--workflow', WORKFLOW_ID],
];

const freeze = (...more: readonly string[]): Promise<CliResult> => runCli(freezeArgs(...more));

describe('a workflow that succeeds', () => {
  it('tells each phase once, and one line at the end', async () => {
    const progress = operator.Progress.fromPartial({ phase: 'attributes', startedMs: 1000 });
    const at = (fields: Partial<operator.Progress>): operator.Workflow =>
      sampleWorkflow({ worker: samplePresence(), progress: { ...progress, ...fields } });
    await ending(
      sampleWorkflow({ state: 'initialized', waitingFor: 'regd' }),
      at({ entriesDone: 10, entriesTotal: 100 }),
      at({ entriesDone: 60, entriesTotal: 100 }),
      at({ phase: 'retrying', message: 'git is missing' }),
      done,
    ).start();
    const { exitCode, stdout, stderr } = await freeze();
    expect(exitCode).toBe(0);
    expect(stdout).toBe(`${REPO_PATH} is frozen, after 10s\n`);
    expect(stderr.split('\n')).toEqual([
      `freeze ${REPO_PATH}, workflow ${WORKFLOW_ID}`,
      'waiting for regd',
      'making files immutable',
      'about to try again: git is missing',
      '',
    ]);
    expect(begun).toMatchObject([{ registry: 'lab', authorName: 'A U Thor' }]);
  });

  it('gives programs the workflow, and nothing else', async () => {
    await ending(sampleWorkflow(), done).start();
    const { exitCode, stdout } = await freeze('--json');
    expect(exitCode).toBe(0);
    expect(jsonLines(stdout)).toMatchObject([{ id: WORKFLOW_ID, statusCode: 0 }]);
  });

  it('unfreezes likewise', async () => {
    await ending({ ...done, kind: 'unfreeze' }).start();
    const args = ['--state', regd.state, 'unfreeze', REPO_ID, '--author', AUTHOR];
    const { exitCode, stdout } = await runCli(args);
    expect({ exitCode, stdout }).toEqual({
      exitCode: 0,
      stdout: `${REPO_PATH} is unfrozen, after 10s\n`,
    });
  });
});

describe('a workflow that fails', () => {
  it.each([
    [103, 'the registry refused', 'Nothing was changed'],
    [104, 'the repo refused', 'No file was changed'],
    [105, 'the files', 'Mend the cause, then run the same command again'],
    [199, 'failed', 'run the same command again'],
  ])('explains code %d', async (statusCode, where, hint) => {
    const statusMessage = 'EROFS: read-only file system';
    await ending({ ...done, statusCode, statusMessage }).start();
    const { exitCode, stdout, stderr } = await freeze('--json');
    expect(exitCode).toBe(1);
    expect(stderr).toContain(
      `could not freeze ${REPO_PATH}: ${statusMessage} (${statusCode}, ${where})`,
    );
    expect(stderr).toContain(hint);
    expect(jsonLines(stdout)).toMatchObject([
      { error: { code: 'WORKFLOW_FAILED', workflow: { statusCode } } },
    ]);
  });
});

describe('a refusal', () => {
  it('says who holds the repo, since when, and how to go on', async () => {
    const holder = {
      workflow: WORKFLOW_ID,
      direction: 'unfreeze',
      author: 'Zoë <zoe@example.org>',
      sinceMs: Date.now() - 300_000,
      waitingFor: 'stad on host files1 (not running)',
    };
    const trailers = {
      'permafrost-code': 'REPO_IN_OTHER_TIER',
      'permafrost-remedy': 'See what the repo is doing.',
      'permafrost-holder': JSON.stringify(holder).replace('ë', '\\u00eb'),
    };
    await regd
      .on(FreezeRepoService.beginFreezeRepo, () => {
        throw new Refusal(
          status.FAILED_PRECONDITION,
          'registry: conflicting repo storage state',
          trailers,
        );
      })
      .start();
    const { exitCode, stdout, stderr } = await freeze('--json');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('permafrost: registry: conflicting repo storage state');
    expect(stderr).toContain(`Zoë <zoe@example.org> works on it: unfreeze ${WORKFLOW_ID}`);
    expect(stderr).toContain('began 5m ago, and waits for stad on host files1 (not running).');
    expect(stderr).toContain(`permafrost events workflow ${WORKFLOW_ID} --watch`);
    expect(stderr).toContain('See what the repo is doing.');
    expect(stderr).toContain('The repo is online.');
    expect(jsonLines(stdout)).toMatchObject([{ error: { code: 'REPO_IN_OTHER_TIER', holder } }]);
  });

  it.each([
    ['freeze', FreezeRepoService.beginFreezeRepo, ST_FROZEN, 'is frozen already'],
    ['unfreeze', UnfreezeRepoService.beginUnfreezeRepo, ST_ONLINE, 'is online already'],
  ] as const)('to %s says when there is nothing to do', async (direction, method, tier, words) => {
    repo = sampleRepo({ registryTier: tier, repoTier: tier });
    await regd
      .on(method, () => {
        const trailers = { 'permafrost-code': 'REPO_IN_OTHER_TIER' };
        throw new Refusal(status.FAILED_PRECONDITION, 'registry: conflicting', trailers);
      })
      .start();
    const args = ['--state', regd.state, '--json', direction, REPO_PATH, '--author', AUTHOR];
    const { exitCode, stdout, stderr } = await runCli(args);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`permafrost: ${REPO_PATH} ${words}`);
    expect(jsonLines(stdout)).toMatchObject([{ error: { code: 'REPO_IN_OTHER_TIER' } }]);
  });

  it('is not repeated, and neither is a defect of regd', async () => {
    let calls = 0;
    await regd
      .on(FreezeRepoService.beginFreezeRepo, () => {
        calls += 1;
        throw new Refusal(status.INTERNAL, 'internal error');
      })
      .start();
    const { exitCode, stderr } = await freeze();
    expect({ exitCode, calls }).toEqual({ exitCode: 1, calls: 1 });
    expect(stderr).toContain('This is a defect');
  });
});

describe('not waiting', () => {
  it('prints the id alone, and how to follow it beside', async () => {
    await accepting().start();
    const people = await runCli([...freezeArgs(), '--no-wait']);
    expect(people).toMatchObject({ exitCode: 0, stdout: `${WORKFLOW_ID}\n` });
    expect(people.stderr).toContain(
      `permafrost --state ${regd.state} events workflow ${WORKFLOW_ID} --watch`,
    );
    const programs = await runCli([...freezeArgs('--json'), '--no-wait']);
    expect(jsonLines(programs.stdout)).toEqual([
      { id: WORKFLOW_ID, repoId: REPO_ID, globalPath: REPO_PATH },
    ]);
  });

  it('makes an id where none is given', async () => {
    await accepting().start();
    const args = ['--state', regd.state, 'freeze', REPO_PATH, '--author', AUTHOR, '--no-wait'];
    const { stdout } = await runCli(args);
    const [request] = begun;
    expect(stdout.trimEnd()).toBe(request && uuidFromBytes(request.workflow));
  });
});

describe('waiting no longer', () => {
  it('ends with 4 after the timeout, and says that the work goes on', async () => {
    await accepting().tell(OperatorService.watchWorkflow, forever).start();
    const { exitCode, stderr, stdout } = await runCli([
      ...freezeArgs('--json'),
      ...['--timeout', '300ms'],
    ]);
    expect(exitCode).toBe(4);
    expect(stderr).toContain('timed out after 300ms');
    expect(stderr).toContain(`Workflow ${WORKFLOW_ID} goes on without this command`);
    expect(jsonLines(stdout)).toMatchObject([
      { error: { code: 'TIMED_OUT', workflow: { id: WORKFLOW_ID } } },
    ]);
  });

  it('ends with 130 after Ctrl-C, and says the same', async () => {
    await accepting().tell(OperatorService.watchWorkflow, forever).start();
    const running = startCli(freezeArgs());
    running.process.stderr.on('data', (chunk: Buffer) => {
      if (chunk.includes('waiting for stad')) running.process.kill('SIGINT');
    });
    const { exitCode, stderr } = await running.ended;
    expect(exitCode).toBe(130);
    expect(stderr).toContain(`events workflow ${WORKFLOW_ID} --watch`);
  });
});

describe('a regd that comes and goes', () => {
  it('is asked again with the same id when its answer to begin was lost', async () => {
    await regd
      .on(FreezeRepoService.beginFreezeRepo, (request) => {
        begun.push(request);
        if (begun.length === 1) throw new Refusal(status.UNAVAILABLE, 'Connection dropped');
        return begin;
      })
      .tell(OperatorService.watchWorkflow, () => [{ workflow: done }])
      .start();
    const { exitCode, stderr } = await freeze();
    expect(exitCode).toBe(0);
    expect(begun).toHaveLength(2);
    expect(begun[1]).toEqual(begun[0]);
    expect(stderr).toContain('Trying again until it is back');
    expect(stderr).toContain('regd answers again');
  });

  it('may restart while the workflow runs', async () => {
    let watched = 0;
    await accepting()
      .tell(OperatorService.watchWorkflow, async function* () {
        watched += 1;
        if (watched === 1) yield* forever();
        else yield { workflow: done };
      })
      .start();
    const running = startCli(freezeArgs());
    let stderr = '';
    let stopped: Promise<void> = Promise.resolve();
    const restarted = new Promise<void>((resolve, reject) => {
      running.process.stderr.on('data', (chunk: Buffer) => {
        const before = stderr;
        stderr += chunk.toString();
        const says = (words: string): boolean => !before.includes(words) && stderr.includes(words);
        if (says('waiting for stad')) stopped = regd.stop();
        // The command may notice before the stop is over, which takes the socket away.
        if (says('Trying again')) {
          stopped.then(() => regd.start()).then(() => resolve(), reject);
        }
      });
    });
    const { exitCode, stdout } = await running.ended;
    await restarted;
    expect({ exitCode, stdout }).toEqual({
      exitCode: 0,
      stdout: `${REPO_PATH} is frozen, after 10s\n`,
    });
    expect(stderr.match(/Trying again/g)).toHaveLength(1);
  });

  it('is not waited for when it was never there', async () => {
    const { exitCode, stderr } = await freeze();
    expect(exitCode).toBe(3);
    expect(stderr).toContain('permafrost-regd');
    expect(stderr).not.toContain('goes on');
  });

  it('does not hide the timeout while it is away', async () => {
    await regd
      .on(FreezeRepoService.beginFreezeRepo, () => {
        throw new Refusal(status.UNAVAILABLE, 'Connection dropped');
      })
      .start();
    const { exitCode } = await runCli([...freezeArgs(), '--timeout', '400ms']);
    expect(exitCode).toBe(4);
  });
});

it('does not say that anything goes on when regd has not answered before the timeout', async () => {
  repo = undefined;
  await regd.start();
  const { exitCode, stderr } = await runCli([...freezeArgs(), '--timeout', '300ms']);
  expect(exitCode).toBe(3);
  expect(stderr).toContain('(timed out after 300ms)');
});

it('ends as the workflow does, also when nobody reads its words any more', async () => {
  await ending(sampleWorkflow(), done).start();
  const { process: cli, ended } = startCli(freezeArgs());
  ended.catch(() => undefined);
  cli.stderr.destroy();
  expect(await once(cli, 'exit')).toEqual([0, null]);
});

it('needs an author, and says how to name one', async () => {
  await accepting().start();
  const { exitCode, stderr } = await runCli(['--state', regd.state, 'freeze', REPO_PATH]);
  expect(exitCode).toBe(2);
  expect(stderr).toContain('--author');
  expect(stderr).toContain('user.name');
  expect(begun).toEqual([]);
});
