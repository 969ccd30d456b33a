// The doctor looks at an installation of real daemons, to which this and that is done.
import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { HOST, Installation } from '../harness/installation.ts';
import { whyNoChattr } from '../harness/privilege.ts';

type Finding = Readonly<{ about: string; check: string; state: string; message: string }>;

const noChattr = await whyNoChattr();
const MINUTE_MS = 60_000;

let installation: Installation;
beforeEach(async () => {
  installation = await Installation.create(noChattr ? 'simulated' : 'chattr');
});
afterEach(() => installation[Symbol.asyncDispose](), MINUTE_MS);

/** What is not ok, as `STATE OF: FINDING`; where nothing protects, the simulation is no news. */
async function examine(): Promise<{ exitCode: number; ills: readonly string[] }> {
  const { exitCode, stdout } = await installation.cli('--json', 'doctor');
  const { findings, isSound } = JSON.parse(stdout) as { findings: Finding[]; isSound: boolean };
  expect(isSound).toBe(exitCode === 0);
  const ills = findings
    .filter(({ state, check }) => state !== 'ok' && !(noChattr && check === 'driver'))
    .map(({ about, state, message }) => `${state} ${about}: ${message}`);
  return { exitCode, ills };
}

/** A PATH with what stad needs, but for git. */
async function pathWithoutGit(): Promise<string> {
  const folder = join(installation.top, 'bin');
  await mkdir(folder);
  for (const name of ['chattr', 'lsattr', 'xargs']) {
    const { stdout } = await execa('sh', ['-c', `command -v ${name}`]);
    await symlink(stdout, join(folder, name));
  }
  return folder;
}

it(
  'finds nothing where all is well, then a root without a stad, then that regd is down',
  async () => {
    await installation.setUp();
    expect(await examine()).toEqual({ exitCode: 0, ills: [] });

    await installation.cliOk('init', 'root', 'demo', '/global/x', '--host', 'files2');
    const outside = ['/global/y', '--host', HOST, '--host-root', installation.top];
    await installation.cliOk('init', 'root', 'demo', ...outside);
    const { data, top } = installation;
    expect(await examine()).toEqual({
      exitCode: 1,
      ills: [
        'broken stad files2: it is not running',
        'broken root /global/x: no stad of host files2 serves it',
        `broken root /global/y: ${top} is outside of the roots ${data}`,
      ],
    });

    await installation.daemons.get('regd')?.stop();
    const socket = join(installation.state, 'regd.sock');
    expect(await examine()).toEqual({
      exitCode: 1,
      ills: [
        `broken regd: there is no socket ${socket}`,
        ...['stads', 'roots', 'workflows'].map(
          (about) => `unchecked ${about}: not checked: regd does not answer`,
        ),
      ],
    });
  },
  MINUTE_MS,
);

it(
  'finds that a stad has no git',
  async () => {
    await installation.start('regd');
    await installation.start('stad', { env: { PATH: await pathWithoutGit() } });
    expect(await examine()).toEqual({
      exitCode: 1,
      ills: [`broken stad ${HOST}: git --version: the program cannot be run: ENOENT`],
    });
  },
  MINUTE_MS,
);
