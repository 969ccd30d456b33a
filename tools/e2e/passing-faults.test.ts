// Faults that pass: a workflow waits for the end of the fault, or fails with its cause, and then goes
// on or can be repeated. Nothing is lost, and nobody has to help it along.
import { mkdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { SILENCE_MS_MAX } from '@permafrost/workflow-core';
import { AUTHOR, Installation } from '../harness/installation.ts';
import { whyNoChattr } from '../harness/privilege.ts';
import { SmallDisk, whyNoSmallDisk } from '../harness/small-disk.ts';
import { countImmutable, writeTree } from '../harness/tree.ts';

const noChattr = await whyNoChattr();
const noDisk = await whyNoSmallDisk();
const driver = noChattr ? 'simulated' : 'chattr';

const MINUTE_MS = 60_000;

/** With a small repo that is set up and online. */
async function siteWithRepo(below?: string): Promise<Installation> {
  const installation = await Installation.create(driver, below);
  const repo = repoOf(installation);
  await mkdir(repo);
  await writeTree(repo, { 'a.txt': 'a', 'dir/b.txt': 'b' });
  await installation.setUp();
  await installation.cliOk('init', 'repo', 'demo', repo, '--author', AUTHOR);
  return installation;
}

function repoOf(installation: Installation): string {
  return join(installation.data, 'repo');
}

/** Begins a freeze that stad does not see, since it is stopped. */
async function beginUnseen(installation: Installation): Promise<string> {
  installation.daemons.get('stad')?.signal('SIGSTOP');
  const { stdout } = await installation.cliOk(
    ...['--json', 'freeze', repoOf(installation), '--author', AUTHOR, '--no-wait'],
  );
  return (JSON.parse(stdout) as { id: string }).id;
}

async function follow(installation: Installation, workflow: string): Promise<void> {
  const again = ['--workflow', workflow, '--timeout', '60s'];
  await installation.cliOk('freeze', repoOf(installation), '--author', AUTHOR, ...again);
  if (!noChattr) expect((await countImmutable(repoOf(installation))).mutable).toBe(0);
  await installation.cliOk('verify');
}

describe('a fault that passes', () => {
  it(
    'a full disk: stad tries again, and goes on once there is room',
    { timeout: 3 * MINUTE_MS },
    async (test) => {
      if (noDisk) test.skip(`skipped: no small disk here: ${noDisk}`);
      await using disk = await SmallDisk.create();
      await using installation = await siteWithRepo(disk.path);
      const workflow = await beginUnseen(installation);
      await disk.fill();
      const stad = installation.daemons.get('stad');
      stad?.signal('SIGCONT');
      await stad?.until(({ msg }) => msg === 'will try again');
      await disk.empty();
      await follow(installation, workflow);
    },
  );

  it(
    'a full disk: regd refuses to begin, says why, and begins once there is room',
    { timeout: 3 * MINUTE_MS },
    async (test) => {
      if (noDisk) test.skip(`skipped: no small disk here: ${noDisk}`);
      await using disk = await SmallDisk.create();
      await using installation = await siteWithRepo(disk.path);
      await disk.fill();
      const refused = await fillUp(installation);
      expect(refused.exitCode).toBe(1);
      expect(refused.stderr).toMatch(/disk is full: make room/);
      await disk.empty();
      await installation.cliOk('init', 'registry', 'after');
      await installation.cliOk('freeze', repoOf(installation), '--author', AUTHOR);
      await installation.cliOk('verify');
    },
  );

  it(
    'a full disk: old workflows stay until there is room, also over a restart, and are deleted then',
    { timeout: 3 * MINUTE_MS },
    async (test) => {
      if (noDisk) test.skip(`skipped: no small disk here: ${noDisk}`);
      await using disk = await SmallDisk.create();
      await using installation = await siteWithRepo(disk.path);
      const repo = repoOf(installation);
      await installation.cliOk('freeze', repo, '--author', AUTHOR);
      await installation.cliOk('unfreeze', repo, '--author', AUTHOR);
      await disk.fill();
      await fillUp(installation);
      const refused = await installation.cli('gc', '--older-than', '0s');
      expect(refused.exitCode).toBe(1);
      expect(refused.stderr).toMatch(/disk is full: make room/);
      // Killed, so that nobody tidies up the log, and what starts next finds the disk as full.
      await installation.daemons.get('regd')?.stop('SIGKILL');
      const collecting = ['--gc-older-than', '0s', '--gc-every', '1s'];
      const regd = await installation.start('regd', { args: collecting });
      await regd.until(({ msg }) => msg === 'cannot delete old workflows');
      await installation.cliOk('status', repo);
      await installation.cliOk('verify');
      await disk.empty();
      await regd.until(({ msg }) => msg === 'old workflows deleted');
      await installation.cliOk('freeze', repo, '--author', AUTHOR);
      await installation.cliOk('verify');
    },
  );

  it(
    'files that have become read-only: the freeze fails with the cause, and works afterwards',
    { timeout: 3 * MINUTE_MS },
    async (test) => {
      if (noDisk) test.skip(`skipped: no small disk here: ${noDisk}`);
      if (noChattr) test.skip(`skipped: no chattr +i here: ${noChattr}`);
      await using disk = await SmallDisk.create();
      await using installation = await siteWithRepo();
      const repo = join(disk.path, 'repo');
      await writeTree(repo, { 'a.txt': 'a', 'dir/b.txt': 'b' });
      await installation.daemons.get('stad')?.stop();
      await installation.start('stad', { args: ['--root', disk.path] });
      await installation.cliOk('init', 'root', 'demo', disk.path, '--host', 'localhost');
      await installation.cliOk('init', 'repo', 'demo', repo, '--author', AUTHOR);
      await disk.remount('ro');
      const failed = await installation.cli('freeze', repo, '--author', AUTHOR);
      expect(failed.exitCode).toBe(1);
      expect(failed.stderr).toContain('read-only');
      await disk.remount('rw');
      await installation.cliOk('freeze', repo, '--author', AUTHOR);
      expect((await countImmutable(repo)).mutable).toBe(0);
      await installation.cliOk('unfreeze', repo, '--author', AUTHOR);
    },
  );

  it(
    'a journal that cannot be written: both daemons stay, and go on afterwards',
    { timeout: 3 * MINUTE_MS },
    async (test) => {
      if (noChattr) test.skip(`skipped: no chattr +i here: ${noChattr}`);
      await using installation = await siteWithRepo();
      const workflow = await beginUnseen(installation);
      const files = ['journal.db', 'journal.db-wal'].map((name) => join(installation.state, name));
      const stad = installation.daemons.get('stad');
      try {
        await execa('chattr', ['+i', ...files]);
        stad?.signal('SIGCONT');
        await stad?.until(({ msg }) => msg === 'will try again');
        const refused = await installation.cli('init', 'registry', 'other');
        expect(refused.exitCode).toBe(1);
        expect(refused.stderr).toContain('journal');
      } finally {
        await execa('chattr', ['-i', ...files]);
      }
      await follow(installation, workflow);
      await installation.cliOk('init', 'registry', 'other');
    },
  );

  it('a socket that was removed: regd listens anew', { timeout: 3 * MINUTE_MS }, async () => {
    await using installation = await siteWithRepo();
    await unlink(join(installation.state, 'regd.sock'));
    let exitCode: number;
    do {
      ({ exitCode } = await installation.cli('registries'));
      expect([0, 3]).toContain(exitCode);
    } while (exitCode !== 0);
  });

  it(
    'a daemon that stood still for longer than it is taken for alive',
    { timeout: 3 * MINUTE_MS },
    async () => {
      await using installation = await siteWithRepo();
      const workflow = await beginUnseen(installation);
      await setTimeout(SILENCE_MS_MAX + 2_000);
      const { stdout } = await installation.cliOk('--json', 'status');
      expect(stdout).toContain('stad on host localhost (not running)');
      const regd = installation.daemons.get('regd');
      regd?.signal('SIGSTOP');
      installation.daemons.get('stad')?.signal('SIGCONT');
      await setTimeout(2_000);
      regd?.signal('SIGCONT');
      await follow(installation, workflow);
    },
  );
});

/** A journal has some room of its own, so that it takes more than one to find the disk full. */
async function fillUp(installation: Installation) {
  for (let i = 0; ; i++) {
    const result = await installation.cli('init', 'registry', `filler-${i}`);
    if (result.exitCode !== 0 || i === 200) return result;
  }
}
