// When the files fail, the workflow ends as failed with its cause, everybody says so, and a second
// try after mending works. When somebody is missing, the workflow waits and says for whom.
import { chown, mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AUTHOR, Installation, type CliResult } from '../harness/installation.ts';
import { whyNoChattr } from '../harness/privilege.ts';
import { countImmutable, writeTree } from '../harness/tree.ts';

const noChattr = await whyNoChattr();
const driver = noChattr ? 'simulated' : 'chattr';

let installation: Installation;
let repo: string;

beforeAll(async () => {
  installation = await Installation.create(driver);
  repo = join(installation.data, 'repo');
  await writeTree(repo, { 'a.txt': 'a', 'dir/b.txt': 'b' });
  await installation.setUp();
  await installation.cliOk('init', 'repo', 'demo', repo, '--author', AUTHOR);
});

afterAll(async () => {
  await installation[Symbol.asyncDispose]();
});

async function change(direction: 'freeze' | 'unfreeze', ...args: string[]): Promise<CliResult> {
  return installation.cli(direction, repo, '--author', AUTHOR, ...args);
}

async function tier(): Promise<unknown> {
  const { stdout } = await installation.cliOk('--json', 'status', repo);
  return (JSON.parse(stdout) as { tier: unknown }).tier;
}

describe('files that cannot be frozen', () => {
  it('a directory that has vanished', async () => {
    await rename(repo, `${repo}.away`);
    const failed = await change('freeze');
    await rename(`${repo}.away`, repo);
    expect(failed.exitCode).toBe(1);
    expect(failed.stderr).toContain('105');
    expect(failed.stderr).toContain('does not exist');
    expect(await tier()).toBe('freeze-failed');
    expect((await change('freeze')).exitCode).toBe(0);
    expect((await change('unfreeze')).exitCode).toBe(0);
  });

  it('git is missing', async () => {
    const path = await pathWithout('git');
    await installation.daemons.get('stad')?.stop();
    await installation.start('stad', { env: { PATH: path } });
    const failed = await change('freeze');
    expect(failed.exitCode).toBe(1);
    expect(failed.stderr).toContain('git');
    expect(await tier()).toBe('freeze-failed');
    await installation.daemons.get('stad')?.stop();
    await installation.start('stad');
    // Either direction leads out of a failure.
    expect((await change('unfreeze')).exitCode).toBe(0);
    await rm(path, { recursive: true });
  });

  it('stad lacks the privilege', async (test) => {
    if (noChattr) test.skip(`skipped: no chattr +i here: ${noChattr}`);
    const setpriv = [
      'setpriv',
      '--bounding-set',
      '-linux_immutable',
      '--inh-caps',
      '-linux_immutable',
    ];
    const { failed: cannotDrop } = await execa('setpriv', [...setpriv.slice(1), 'true'], {
      reject: false,
    });
    if (cannotDrop) test.skip('skipped: setpriv cannot drop CAP_LINUX_IMMUTABLE here');
    await installation.daemons.get('stad')?.stop();
    await installation.start('stad', { through: setpriv });
    const failed = await change('freeze');
    expect(failed.exitCode).toBe(1);
    expect(failed.stderr).toContain('105');
    expect(await countImmutable(repo)).toMatchObject({ immutable: 0 });
    await installation.daemons.get('stad')?.stop();
    await installation.start('stad');
    expect((await change('freeze')).exitCode).toBe(0);
    expect((await change('unfreeze')).exitCode).toBe(0);
  });

  it('some of the entries: all others are frozen, and a list tells which are not', async (test) => {
    if (noChattr) test.skip(`skipped: no chattr +i here: ${noChattr}`);
    const setpriv = ['--bounding-set', '-fowner', '--inh-caps', '-fowner'];
    const { failed: cannotDrop } = await execa('setpriv', [...setpriv, 'true'], { reject: false });
    if (cannotDrop) test.skip('skipped: setpriv cannot drop CAP_FOWNER here');
    const foreign = ['a.txt', 'dir/b.txt'];
    for (const path of foreign) await chown(join(repo, path), 12345, 12345);
    await writeFile(join(repo, 'dir/own.txt'), '');
    await installation.daemons.get('stad')?.stop();
    await installation.start('stad', { through: ['setpriv', ...setpriv] });
    expect((await change('freeze')).exitCode).toBe(1);
    // The directories and the one file that belongs to root.
    expect(await countImmutable(repo)).toMatchObject({ immutable: 3 });
    const { stdout } = await installation.cliOk('--json', 'status', repo);
    const status = JSON.parse(stdout) as { errorMessage: string; shadowPath: string };
    expect(status.errorMessage).toContain(
      '2 entries failed: 2 × EPERM; all in failures.jsonl beside the shadow repo',
    );
    const list = join(status.shadowPath, '../failures.jsonl');
    const lines = (await readFile(list, 'utf8')).trim().split('\n').toSorted();
    expect(lines.map((line): unknown => JSON.parse(line))).toEqual(
      foreign.map((path) => ({ path, errno: 'EPERM', doing: 'set' })),
    );
    await installation.daemons.get('stad')?.stop();
    await installation.start('stad');
    expect((await change('freeze')).exitCode).toBe(0);
    await expect(readFile(list)).rejects.toThrow('ENOENT');
    expect((await change('unfreeze')).exitCode).toBe(0);
  });

  it('a file system without the attribute', async (test) => {
    if (noChattr) test.skip(`skipped: no chattr +i here: ${noChattr}`);
    const place = join(installation.data, 'ramfs');
    await mkdir(place);
    const { failed: cannotMount } = await execa('mount', ['-t', 'ramfs', 'none', place], {
      reject: false,
    });
    if (cannotMount) test.skip('skipped: no ramfs can be mounted here');
    try {
      const other = join(place, 'repo');
      await writeTree(other, { 'a.txt': 'a' });
      await installation.cliOk('init', 'repo', 'demo', other, '--author', AUTHOR);
      const failed = await installation.cli('freeze', other, '--author', AUTHOR);
      expect(failed.exitCode).toBe(1);
      expect(failed.stderr).toContain('105');
    } finally {
      await execa('umount', [place]);
    }
  });
});

describe('somebody else', () => {
  it('waits for a stad that is not there, and says for which host', async () => {
    await installation.daemons.get('stad')?.stop();
    const timedOut = await change('freeze', '--timeout', '500ms');
    expect(timedOut.exitCode).toBe(4);
    const { stdout } = await installation.cliOk('--json', 'status');
    expect(stdout).toContain('stad on host localhost');
    const other = await change('freeze');
    expect(other.exitCode).toBe(1);
    expect(other.stderr).toContain('A U Thor');
    await installation.start('stad');
    const [, workflow = ''] = /([0-9a-f-]{36})/.exec(timedOut.stderr + timedOut.stdout) ?? [];
    expect((await change('freeze', '--workflow', workflow)).exitCode).toBe(0);
    expect(await tier()).toBe('frozen');
  });

  it('asks for the same at the same moment: one wins, the other is told', async () => {
    const both = await Promise.all([change('unfreeze'), change('unfreeze')]);
    expect(both.map(({ exitCode }) => exitCode).toSorted()).toEqual([0, 1]);
    expect(await tier()).toBe('online');
  });

  it('has set up a repo outside of the roots: it is refused there and then', async () => {
    const outside = await mkdtemp(join(tmpdir(), 'permafrost-outside-'));
    await installation.cliOk('init', 'root', 'demo', outside, '--host', 'localhost');
    const refused = await installation.cli('init', 'repo', 'demo', outside, '--author', AUTHOR);
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain('root');
    await rm(outside, { recursive: true });
  });
});

/** A search path with all programs but one. */
async function pathWithout(name: string): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'permafrost-path-'));
  for (const program of ['xargs', 'chattr', 'lsattr', 'sh', 'env']) {
    if (program === name) continue;
    const { stdout } = await execa('which', [program]);
    await symlink(stdout, join(dir, program));
  }
  return dir;
}
