// The Debian package as a site meets it: installed by dpkg, both units' commands started with the
// user and the capabilities of the units, a repo frozen and thawed, and the package purged again.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BorrowedMachine, whyNoBorrowedMachine } from '../harness/borrowed-machine.ts';
import { DaemonProcess } from '../harness/daemon-process.ts';
import { AUTHOR, HOST } from '../harness/installation.ts';
import { whyNoChattr } from '../harness/privilege.ts';
import { countImmutable, writeTree } from '../harness/tree.ts';
import { commandOf } from '../harness/unit.ts';
import { architecture } from '../pack/deb/architecture.ts';
import { packDeb } from '../pack/deb/deb-package.ts';
import { version } from '../pack/programs.ts';

const whyNot = (await whyNoBorrowedMachine()) ?? (await whyNoChattr());

describe.skipIf(whyNot)(`the Debian package${whyNot ? ` (skipped: ${whyNot})` : ''}`, () => {
  let machine: BorrowedMachine;
  const daemons: DaemonProcess[] = [];
  const inside = (path: string): string => join(machine.root, path);
  const run = async (command: string, ...args: readonly string[]): Promise<string> =>
    (await execa('chroot', [machine.root, command, ...args], { env: { NO_COLOR: '1' } })).stdout;

  beforeAll(async () => {
    machine = await BorrowedMachine.create();
    const work = await mkdtemp(join(tmpdir(), 'permafrost-deb-'));
    await rename(await packDeb(architecture(), work, 'none'), join(machine.srv, 'permafrost.deb'));
    await rm(work, { recursive: true });
  }, 120_000);

  afterAll(async () => {
    await Promise.all(daemons.map((daemon) => daemon.stop('SIGKILL')));
    await machine[Symbol.asyncDispose]();
  });

  it('installs, with a state directory for its user alone', async () => {
    await run('dpkg', '--install', '/srv/permafrost.deb');
    expect(await run('permafrost', '--version')).toBe(version);
    expect(await run('stat', '--format', '%U:%G %a', '/var/lib/permafrost')).toBe(
      'permafrost:permafrost 700',
    );
  }, 120_000);

  it('brings completion for bash', async () => {
    const script = 'usr/share/bash-completion/completions/permafrost';
    const ask = `compopt() { :; }; source /${script}; COMP_WORDS=(permafrost free) COMP_CWORD=1`;
    const answer = `${ask}; _permafrost; echo "\${COMPREPLY[@]}"`;
    expect(await run('bash', '-c', answer)).toBe('freeze');
  });

  it('brings man pages', () => {
    const page = (path: string): string =>
      gunzipSync(readFileSync(inside(`usr/share/man/${path}.gz`))).toString();
    expect(page('man1/permafrost-freeze.1')).toContain('.TH "PERMAFROST\\-FREEZE" 1 ');
    expect(page('man8/permafrost-stad.8')).toContain('.TH "PERMAFROST\\-STAD" 8 ');
  });

  it('brings units that systemd accepts, and that leave little open', async (context) => {
    const units = ['regd', 'stad'].map(
      (name) => `/usr/lib/systemd/system/permafrost-${name}.service`,
    );
    if (!existsSync('/usr/bin/systemd-analyze')) context.skip('no systemd-analyze');
    await run('systemd-analyze', 'verify', '--man=no', ...units);
    // In tenths: fails at an exposure above 3.
    await run('systemd-analyze', 'security', '--offline=true', '--threshold=30', ...units);
  });

  it('runs as its units say, and freezes and thaws a repo', async () => {
    for (const name of ['regd', 'stad'] as const) {
      const unit = `/usr/lib/systemd/system/permafrost-${name}.service`;
      const daemon = new DaemonProcess(name, {
        args: [],
        command: ['chroot', machine.root, ...commandOf(unit, machine.root)],
      });
      daemons.push(daemon);
      await daemon.ready();
      expect(daemon.logText()).not.toContain('files are looked at by lsattr');
    }
    const repo = join(machine.srv, 'scan');
    await writeTree(repo, { 'a.txt': 'a', 'b/c.txt': 'c' });
    const author = ['--author', AUTHOR];
    await run('permafrost', 'init', 'registry', 'demo');
    await run('permafrost', 'init', 'root', 'demo', '/srv', '--host', HOST);
    await run('permafrost', 'init', 'repo', 'demo', '/srv/scan', ...author);
    await run('permafrost', 'freeze', '/srv/scan', ...author);
    expect(await countImmutable(repo)).toEqual({ immutable: 4, mutable: 0 });
    await run('permafrost', 'unfreeze', '/srv/scan', ...author);
    await writeFile(join(repo, 'a.txt'), 'b');
    await run('permafrost', 'verify');
    for (const daemon of daemons) expect((await daemon.stop()).exitCode).toBe(0);
  }, 120_000);

  it('keeps the journal when it is purged, and says so', async () => {
    expect(await run('dpkg', '--purge', 'permafrost')).toContain('/var/lib/permafrost is kept');
    expect(statSync(inside('var/lib/permafrost/journal.db')).size).toBeGreaterThan(0);
    expect(existsSync(inside('usr/bin/permafrost'))).toBe(false);
    expect(existsSync(inside('etc/default/permafrost-stad'))).toBe(false);
  }, 120_000);
});
