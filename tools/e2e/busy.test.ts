// Files of a repo are in use, by real processes, when somebody freezes it.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { link, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { AUTHOR, Installation, type CliResult } from '../harness/installation.ts';
import { whyNoChattr } from '../harness/privilege.ts';
import { countImmutable, writeTree } from '../harness/tree.ts';

const noChattr = await whyNoChattr();
const MINUTE_MS = 60_000;

let installation: Installation;
let repo: string;
let writer: ChildProcess | undefined;

beforeEach(async () => {
  installation = await Installation.create(noChattr ? 'simulated' : 'chattr');
  repo = join(installation.data, 'repo');
  await mkdir(repo);
  await writeTree(repo, { 'run/log': 'one', 'run/result': 'two' });
  await installation.setUp();
  await installation.cliOk('init', 'repo', 'demo', repo, '--author', AUTHOR);
}, MINUTE_MS);

afterEach(async () => {
  await stopWriting();
  await installation[Symbol.asyncDispose]();
}, MINUTE_MS);

/** Resolves to the id of a process that has a file open. */
async function startWriting(): Promise<number> {
  const script = 'exec 3>>"$1"; echo; read line';
  writer = spawn('sh', ['-c', script, 'sh', join(repo, 'run/log')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  if (writer.stdout) await once(writer.stdout, 'data');
  return writer.pid ?? 0;
}

async function stopWriting(): Promise<void> {
  if (!writer) return;
  writer.kill('SIGKILL');
  await once(writer, 'exit');
  writer = undefined;
}

const freeze = (...args: readonly string[]): Promise<CliResult> =>
  installation.cli('freeze', repo, '--author', AUTHOR, ...args);

async function expectFlags(expected: { immutable: number; mutable: number }): Promise<void> {
  if (!noChattr) expect(await countImmutable(repo)).toEqual(expected);
}

type Status = { workflows: readonly { progress?: { phase: string; message: string } }[] };

/** Resolves to what a freeze that waits says. */
async function waiting(): Promise<string> {
  for (;;) {
    const { stdout } = await installation.cliOk('--json', 'status');
    const progress = (JSON.parse(stdout) as Status).workflows[0]?.progress;
    if (progress?.phase === 'waiting-for-writers') return progress.message;
  }
}

it(
  'a writer is named and nothing is changed; once it has ended, the freeze succeeds',
  async () => {
    const pid = await startWriting();
    const refused = await freeze();
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain(`sh (process ${pid}) has run/log`);
    await expectFlags({ immutable: 0, mutable: 4 });
    await stopWriting();
    expect((await freeze()).exitCode).toBe(0);
    await expectFlags({ immutable: 4, mutable: 0 });
  },
  MINUTE_MS,
);

it(
  'a freeze that waits for a writer goes on by itself',
  async () => {
    const pid = await startWriting();
    const freezing = freeze('--if-busy', 'wait');
    expect(await waiting()).toContain(`process ${pid}`);
    await expectFlags({ immutable: 0, mutable: 4 });
    await stopWriting();
    expect((await freezing).exitCode).toBe(0);
    await expectFlags({ immutable: 4, mutable: 0 });
  },
  MINUTE_MS,
);

it(
  'a freeze by force does not mind',
  async () => {
    await startWriting();
    expect((await freeze('--if-busy', 'force')).exitCode).toBe(0);
    await expectFlags({ immutable: 4, mutable: 0 });
  },
  MINUTE_MS,
);

it(
  'a file with a name outside of the repo is left alone, unless that is wanted',
  async () => {
    await link(join(repo, 'run/result'), join(installation.data, 'outside'));
    const refused = await freeze();
    expect(refused.exitCode).toBe(1);
    // Long lines are wrapped somewhere.
    expect(refused.stderr).toMatch(/run\/result\s+\(1\s+of\s+2\s+names\s+are\s+elsewhere\)/);
    await expectFlags({ immutable: 0, mutable: 4 });
    expect((await freeze('--if-linked', 'force')).exitCode).toBe(0);
    await expectFlags({ immutable: 4, mutable: 0 });
  },
  MINUTE_MS,
);
