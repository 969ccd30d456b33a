// What is under way is cancelled: by the stad that works on it, without one, and by force over the
// head of one that is stopped. A freeze or unfreeze takes up from there.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { AUTHOR, Installation, type CliResult } from '../harness/installation.ts';
import { whyNoChattr } from '../harness/privilege.ts';
import { countImmutable } from '../harness/tree.ts';

const noChattr = await whyNoChattr();
const driver = noChattr ? 'simulated' : 'chattr';

/** So many that a freeze of them takes several times as long as the command that cancels it. */
const FILES = 120_000;
const MINUTE_MS = 60_000;

let installation: Installation;
let repo: string;

beforeEach(async () => {
  installation = await Installation.create(driver);
  repo = join(installation.data, 'repo');
  await mkdir(repo);
  await installation.setUp();
  await installation.cliOk('init', 'repo', 'demo', repo, '--author', AUTHOR);
}, MINUTE_MS);

afterEach(async () => {
  await installation[Symbol.asyncDispose]();
}, MINUTE_MS);

const change = (direction: 'freeze' | 'unfreeze', ...args: string[]): Promise<CliResult> =>
  installation.cliOk(direction, repo, '--author', AUTHOR, ...args);

const cancel = (...args: string[]): Promise<CliResult> =>
  installation.cliOk('cancel', repo, '--author', AUTHOR, '--reason', 'one run is missing', ...args);

async function fill(): Promise<void> {
  const list = `for d in $(seq 100); do mkdir $d; seq -f "$d/%g" ${FILES / 100}; done`;
  await execa('sh', ['-c', `${list} | xargs touch`], { cwd: repo });
}

async function begin(): Promise<string> {
  const { stdout } = await change('freeze', '--no-wait', '--json');
  return (JSON.parse(stdout) as { id: string }).id;
}

type Status = {
  workflows: readonly { progress?: { phase: string; entriesDone: number } | undefined }[];
};

/** Resolves when stad has flagged some of the files. */
async function underWay(): Promise<void> {
  for (;;) {
    const { stdout } = await installation.cliOk('--json', 'status');
    const [workflow] = (JSON.parse(stdout) as Status).workflows;
    const { phase, entriesDone } = workflow?.progress ?? { phase: 'none', entriesDone: 0 };
    expect(workflow, 'the freeze has ended too soon').toBeDefined();
    if (phase === 'attributes' && entriesDone > 0) return;
  }
}

type Event = { timeMs: number; type: string; json: string };

async function eventsOf(workflow: string): Promise<readonly Event[]> {
  const { stdout } = await installation.cliOk('--json', 'events', 'workflow', workflow);
  return stdout.split('\n').map((line) => JSON.parse(line) as Event);
}

async function tier(): Promise<unknown> {
  const { stdout } = await installation.cliOk('--json', 'status', repo);
  return (JSON.parse(stdout) as { tier: unknown }).tier;
}

async function expectSound(): Promise<void> {
  expect(await tier()).toBe('frozen');
  if (!noChattr) expect(await countImmutable(repo)).toEqual({ immutable: FILES + 101, mutable: 0 });
  await installation.cliOk('verify');
}

it(
  'a running walk ends within a second, and a freeze takes up from there',
  async () => {
    await fill();
    const workflow = await begin();
    await underWay();
    const { stdout } = await cancel();
    expect(stdout).toContain(`cancelled by ${AUTHOR}: one run is missing`);
    expect(await tier()).toBe('freeze-failed');
    const asked = installation.daemons
      .get('regd')
      ?.lines.find((line) => line.msg === 'workflow cancelled');
    const ended = (await eventsOf(workflow)).find(({ type }) => type.endsWith('FILES_COMPLETED'));
    const tookMs = (ended?.timeMs ?? Infinity) - Number(asked?.['time']);
    expect(tookMs).toBeLessThan(1000);
    if (!noChattr) {
      const { immutable, mutable } = await countImmutable(repo);
      expect(immutable).toBeGreaterThan(0);
      expect(mutable).toBeGreaterThan(0);
    }
    await change('freeze');
    await expectSound();
  },
  3 * MINUTE_MS,
);

it(
  'without a stad it is listed as stuck, and has ended with the answer',
  async () => {
    await installation.daemons.get('stad')?.stop();
    const workflow = await begin();
    const stuck = ['workflows', 'demo', '--stuck', '--for', '0s'];
    const { stdout } = await installation.cliOk('--json', ...stuck);
    expect(JSON.parse(stdout)).toMatchObject({
      id: workflow,
      waitingFor: 'stad on host localhost (not running)',
    });
    await cancel();
    expect((await eventsOf(workflow)).at(-1)?.type).toMatch(/COMMITTED$/);
    expect(await tier()).toBe('freeze-failed');
  },
  MINUTE_MS,
);

it(
  'by force it ends over the head of a stopped stad, which harms nothing when it goes on',
  async () => {
    await fill();
    const workflow = await begin();
    await underWay();
    const stad = installation.daemons.get('stad');
    stad?.signal('SIGSTOP');
    const { stdout } = await cancel('--force');
    expect(stdout).toContain(`ended by force by ${AUTHOR}`);
    const before = await eventsOf(workflow);
    // The next one waits for the lock, which the stopped process still holds.
    const timedOut = await installation.cli(
      ...['freeze', repo, '--author', AUTHOR, '--timeout', '1s'],
    );
    expect(timedOut.exitCode).toBe(4);
    const [, next = ''] = /workflow ([0-9a-f-]{36})/.exec(timedOut.stderr) ?? [];
    stad?.signal('SIGCONT');
    await change('freeze', '--workflow', next);
    await expectSound();
    expect(await eventsOf(workflow)).toEqual(before);
  },
  3 * MINUTE_MS,
);
