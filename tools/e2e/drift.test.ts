// What happens to a frozen repo behind everybody's back is found, and mended by a journaled repair.
import { open, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { AUTHOR, Installation, type CliResult } from '../harness/installation.ts';
import { whyNoChattr } from '../harness/privilege.ts';
import { countImmutable } from '../harness/tree.ts';

const noChattr = await whyNoChattr();
const because = noChattr ? ` (skipped: ${noChattr})` : '';
const MINUTE_MS = 60_000;

let installation: Installation;
let repo: string;

beforeEach(async () => {
  installation = await Installation.create('chattr');
  repo = join(installation.data, 'lab/repo');
  await execa('mkdir', ['-p', join(repo, 'run')]);
  for (const file of ['a', 'b', 'run/1', 'run/2']) await writeFile(join(repo, file), file);
  await installation.setUp();
  await installation.cliOk('init', 'repo', 'demo', repo, '--author', AUTHOR);
}, MINUTE_MS);

afterEach(async () => {
  await installation[Symbol.asyncDispose]();
}, MINUTE_MS);

const check = (...args: string[]): Promise<CliResult> =>
  installation.cli('check', repo, '--author', AUTHOR, ...args);

const repair = (): Promise<CliResult> => check('--repair', '--reason', 'restored from backup');

async function tierIs(tier: string): Promise<void> {
  const status = async (): Promise<unknown> =>
    JSON.parse((await installation.cliOk('--json', 'status', repo)).stdout);
  await expect.poll(status, { timeout: MINUTE_MS }).toMatchObject({ tier });
}

/** Exit code and findings, sorted; without the summary. */
async function found(): Promise<Readonly<{ exitCode: number; lines: readonly string[] }>> {
  const { exitCode, stdout } = await check();
  const lines = stdout.split('\n').map((line) => line.replace(/ +/, ' '));
  expect(lines.pop()).toMatch(/^looked at /);
  return { exitCode, lines: lines.sort() };
}

const chattr = (flag: '+i' | '-i', ...paths: string[]): Promise<unknown> =>
  execa('chattr', [flag, ...paths], { cwd: repo });

it.skipIf(noChattr)(
  `stray and lost flags and changed data are told, repaired and recorded${because}`,
  async () => {
    await chattr('+i', 'run/1', 'run');
    expect(await found()).toEqual({ exitCode: 1, lines: ['flag-left run', 'flag-left run/1'] });
    expect(await repair()).toMatchObject({ exitCode: 0 });
    expect(await found()).toEqual({ exitCode: 0, lines: [] });

    await installation.cliOk('freeze', repo, '--author', AUTHOR);
    expect(await found()).toEqual({ exitCode: 0, lines: [] });

    await chattr('-i', 'a', 'run', 'run/1', 'run/2');
    await writeFile(join(repo, 'run/1'), 'longer than it was');
    await rm(join(repo, 'run/2'));
    await writeFile(join(repo, 'run/3\u001b[2J'), '');
    const lines = [
      'changed run/1',
      'flag-lost a',
      'flag-lost run',
      'flag-lost run/1',
      String.raw`flag-lost run/3\u{1b}[2J`,
      'gone run/2',
      String.raw`new run/3\u{1b}[2J`,
    ];
    expect(await found()).toEqual({ exitCode: 1, lines });

    const { exitCode, stderr } = await repair();
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(
      /the new snapshot records what no flag mends: (1 (new|gone|changed)(, )?){3}$/m,
    );
    expect(await countImmutable(repo)).toEqual({ immutable: 6, mutable: 0 });
    expect(await found()).toEqual({ exitCode: 0, lines: [] });
    const { stdout } = await installation.cliOk('workflows', 'demo', '--all', '--json');
    const workflows = stdout.split('\n').map((line) => JSON.parse(line) as object);
    expect(workflows.at(-1)).toMatchObject({ origin: { reason: 'restored from backup' } });
  },
  MINUTE_MS,
);

it.skipIf(noChattr)(
  `a repo is not looked at while it is frozen, and missed when its parent was renamed${because}`,
  async () => {
    await using writer = await open(join(repo, 'a'), 'a');
    await installation.cliOk('freeze', repo, '--author', AUTHOR, '--if-busy', 'wait', '--no-wait');
    await tierIs('freezing');
    const { exitCode, stderr } = await check();
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`${repo} is freezing: a workflow has it in hand`);
    await writer.close();
    await tierIs('frozen');

    const lab = join(installation.data, 'lab');
    await rename(lab, `${lab}-away`);
    const missing = { exitCode: 1, lines: [`missing .: ${lab} does not exist`] };
    expect(await found()).toEqual(missing);
    expect(await repair()).toMatchObject({ exitCode: 1 });
    await symlink('lab-away', lab);
    const redirected = { exitCode: 1, lines: [`redirected .: ${lab} is a symlink to lab-away`] };
    expect(await found()).toEqual(redirected);
    await rm(lab);
    await rename(`${lab}-away`, lab);
    expect(await found()).toEqual({ exitCode: 0, lines: [] });
  },
  MINUTE_MS,
);

it.skipIf(noChattr)(
  `a repo in another one stays frozen, whatever is checked and repaired around it${because}`,
  async () => {
    await installation.cliOk('init', 'repo', 'demo', join(repo, 'run'), '--author', AUTHOR);
    await installation.cliOk('freeze', join(repo, 'run'), '--author', AUTHOR);
    expect(await found()).toEqual({ exitCode: 0, lines: [] });
    await chattr('+i', 'a');
    expect(await found()).toEqual({ exitCode: 1, lines: ['flag-left a'] });
    const { exitCode, stderr } = await repair();
    expect(exitCode).toBe(1);
    expect(stderr).toContain('not a leaf repo');
    expect(await countImmutable(join(repo, 'run'))).toEqual({ immutable: 3, mutable: 0 });
  },
  MINUTE_MS,
);
