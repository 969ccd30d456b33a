// What a freeze or thaw would meet and do, told by two real daemons that change nothing meanwhile:
// neither the tree, nor the journal, nor the shadow repo.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { link, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AUTHOR, Installation } from '../harness/installation.ts';
import { whyNoChattr } from '../harness/privilege.ts';
import { countImmutable, writeTree } from '../harness/tree.ts';
import { eventTypes } from './event-types.ts';

const noChattr = await whyNoChattr();
const driver = noChattr ? 'simulated' : 'chattr';
const MINUTE_MS = 60_000;

type Finding = Readonly<{ code: string; isObstacle: boolean; message: string; examples: string[] }>;
type Plan = Readonly<{
  ok: boolean;
  tree: Record<'dirs' | 'files' | 'links' | 'bytes', number>;
  changes: Record<'asWanted' | 'toChange' | 'expectedMs', number>;
  findings: readonly Finding[];
}>;

describe(`--dry-run (driver ${driver})`, { timeout: MINUTE_MS }, () => {
  let installation: Installation;
  let repo: string;

  beforeAll(async () => {
    installation = await Installation.create(driver);
    repo = join(installation.data, 'repo');
    await mkdir(repo);
    await writeTree(repo, { 'run/log': 'one', 'run/result': 'three', 'new\nline': '' });
    await installation.setUp();
    await installation.cliOk('init', 'repo', 'demo', repo, '--author', AUTHOR);
  }, MINUTE_MS);

  afterAll(() => installation[Symbol.asyncDispose]());

  const flags = async (): Promise<unknown> => (noChattr ? undefined : countImmutable(repo));

  /** All that could have been changed. */
  async function traces(): Promise<unknown> {
    const inodes = await execa('find', [installation.data, '-printf', '%p %i %m %s %T@ %C@\n']);
    const shadows = await execa('find', [installation.state, '-path', '*.git/refs/*', '-print']);
    return [inodes.stdout, shadows.stdout, await flags(), await eventTypes(installation)];
  }

  async function planned(command: string, ...args: readonly string[]): Promise<[Plan, number]> {
    const before = await traces();
    const { stdout, exitCode } = await installation.cli(
      '--json',
      command,
      repo,
      '--dry-run',
      ...args,
    );
    expect(await traces()).toEqual(before);
    // A failure is a line of its own.
    const [plan = ''] = stdout.split('\n');
    return [JSON.parse(plan) as Plan, exitCode];
  }

  it('counts what a freeze would change', async () => {
    const [plan, exitCode] = await planned('freeze');
    expect(exitCode).toBe(0);
    expect(plan).toMatchObject({
      ok: true,
      tree: { dirs: 2, files: 3, links: 0, bytes: 8 },
      changes: { asWanted: 0, toChange: 5 },
    });
    expect(plan.changes.expectedMs).toBeGreaterThan(0);
  });

  it('names what would make it fail, and how to go on', async () => {
    await link(join(repo, 'run/result'), join(installation.data, 'outside'));
    const script = 'exec 3>>"$1"; echo; read line';
    const writer = spawn('sh', ['-c', script, 'sh', join(repo, 'run/log')], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    await once(writer.stdout, 'data');
    const [plan, exitCode] = await planned('freeze');
    const [forced] = await planned('freeze', '--if-busy', 'force', '--if-linked', 'force');
    writer.kill('SIGKILL');
    await once(writer, 'exit');
    expect(exitCode).toBe(1);
    expect(plan.ok).toBe(false);
    const obstacles = plan.findings.filter(({ isObstacle }) => isObstacle);
    expect(obstacles.flatMap(({ examples }) => examples).join('\n')).toMatch(/run\/log/);
    expect(obstacles.flatMap(({ examples }) => examples).join('\n')).toMatch(/run\/result/);
    expect(obstacles.every(({ message }) => message.includes('--if-'))).toBe(true);
    expect(forced.findings.filter(({ isObstacle }) => isObstacle)).toEqual([]);
  });

  it('of a thaw counts what is frozen', async () => {
    await installation.cliOk('freeze', repo, '--author', AUTHOR, '--if-linked', 'force');
    const [plan] = await planned('unfreeze');
    expect(plan).toMatchObject({ ok: true, changes: { asWanted: 0, toChange: 5 } });
    const again = await installation.cli('freeze', repo, '--dry-run');
    expect(again.exitCode).not.toBe(0);
  });

  it('does not hang and says why when stad is gone', async () => {
    await installation.daemons.get('stad')?.stop();
    const { exitCode, stderr } = await installation.cli('unfreeze', repo, '--dry-run');
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain(`stad`);
  });
});
