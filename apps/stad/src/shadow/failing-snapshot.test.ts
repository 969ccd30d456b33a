// What goes wrong around a snapshot, and what is left of it.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { watch as watchFiles } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { author, Scratch, watch } from './scratch.ts';

let scratch: Scratch;
beforeEach(async () => {
  scratch = new Scratch();
  await scratch.repo().init(scratch.location, author);
});
afterEach(() => scratch[Symbol.dispose]());

describe('when something is wrong', () => {
  it('never records a missing directory as an empty one', async () => {
    scratch.write('a');
    const { commit } = await scratch.snapshot();
    rmSync(scratch.data, { recursive: true });
    await expect(scratch.snapshot()).rejects.toMatchObject({
      code: 'FILES_MISSING',
      retry: 'never',
    });
    expect(scratch.git('rev-parse', 'master-stat').trim()).toBe(commit);
  });

  it('says that the shadow repo is missing', async () => {
    rmSync(scratch.shadowRoot, { recursive: true });
    await expect(scratch.snapshot()).rejects.toMatchObject({ code: 'FILES_MISSING' });
  });

  it('says that git is missing', async () => {
    const snapshot = scratch.snapshot('', { git: join(scratch.root, 'no-git') });
    await expect(snapshot).rejects.toMatchObject({ code: 'FILES_NO_PROGRAM', retry: 'never' });
  });

  it('says what git said', async () => {
    const git = scratch.program('case "$*" in *ls-tree*) echo "odd\nthing ü" >&2; exit 9;; esac');
    await expect(scratch.snapshot('', { git })).rejects.toMatchObject({
      code: 'FILES_GIT_FAILED',
      retry: 'later',
      message: `git ls-tree in ${scratch.gitDir}: exit code 9: odd\\nthing ü`,
    });
  });

  it('does not take a listing that broke off for a short one', async () => {
    for (let i = 0; i < 9; i += 1) scratch.write(`file-${i}`);
    await scratch.snapshot();
    const git = scratch.program(
      'case "$*" in *ls-tree*) "$real" "$@" | head -c 150; exit 1;; esac',
    );
    await expect(scratch.snapshot('', { git })).rejects.toMatchObject({ code: 'FILES_GIT_FAILED' });
    expect(scratch.recorded().size).toBe(11);
  });

  it('comes to an end, however much of the listing nobody has read', async () => {
    const names = Array.from({ length: 1_000 }, (_, i) => `${'long-'.repeat(40)}${i}`);
    for (const name of names) scratch.write(name);
    await scratch.snapshot();
    for (const name of names) scratch.write(name, 'changed');
    const git = scratch.program('case "$*" in *fast-import*) exit 9;; esac');
    await expect(scratch.snapshot('', { git })).rejects.toMatchObject({ code: 'FILES_GIT_FAILED' });
    const stop = new AbortController();
    const difference = (): Promise<void> => {
      stop.abort();
      return new Promise((resolve) => setImmediate(resolve));
    };
    const comparing = scratch.repo().compare(scratch.location, difference, watch(stop.signal));
    await expect(comparing).rejects.toMatchObject({ code: 'FILES_CANCELLED' });
  });

  it('says that the disk is full', async ({ skip }) => {
    rmSync(scratch.shadowRoot, { recursive: true });
    mkdirSync(scratch.shadowRoot);
    try {
      const options = ['-t', 'tmpfs', '-o', 'size=2m', 'none', scratch.shadowRoot];
      execFileSync('mount', options, { stdio: 'pipe' });
    } catch {
      skip('mounting is not permitted here');
    }
    try {
      await scratch.repo().init(scratch.location, author);
      scratch.write('a');
      const fill = `head -c 4m /dev/zero > ${scratch.shadowRoot}/filler || true`;
      execFileSync('sh', ['-c', fill], { stdio: 'pipe' });
      await expect(scratch.snapshot()).rejects.toMatchObject({
        code: 'FILES_NO_SPACE',
        retry: 'later',
      });
    } finally {
      execFileSync('umount', [scratch.shadowRoot]);
    }
  });

  it('works on a repo that belongs to another user', async ({ skip }) => {
    if (process.getuid?.() !== 0) skip('only root can give files away');
    chownSync(scratch.gitDir, 12345, 12345);
    scratch.write('a');
    expect((await scratch.snapshot()).changed).toBe(true);
  });

  it('runs no hook', async () => {
    const hook = join(scratch.gitDir, 'hooks/reference-transaction');
    mkdirSync(join(hook, '..'));
    writeFileSync(hook, `#!/bin/sh\ntouch ${scratch.root}/hooked\n`);
    chmodSync(hook, 0o755);
    scratch.write('a');
    await scratch.snapshot();
    expect(existsSync(join(scratch.root, 'hooked'))).toBe(false);
  });
});

it('packs what many snapshots have left, and loses nothing', async () => {
  const blob = (i: number): string => `blob\nmark :1\ndata <<.\n${i}\n.\ncheckpoint\n`;
  const packEach = ['-c', 'fastimport.unpackLimit=0', 'fast-import', '--quiet'];
  execFileSync('git', [`--git-dir=${scratch.gitDir}`, ...packEach], {
    input: Array.from({ length: 51 }, (_, i) => blob(i)).join(''),
  });
  const packs = (): number =>
    readdirSync(join(scratch.gitDir, 'objects/pack')).filter((name) => name.endsWith('.pack'))
      .length;
  expect(packs()).toBe(51);
  scratch.write('a');
  await scratch.snapshot();
  expect(packs()).toBeLessThan(5);
  // Nothing of ours refers to the first blob, but another implementation might.
  expect(scratch.git('cat-file', '-t', '573541ac9702dd3969c9bc859d2b91ec1f7e6e56')).toBe('blob\n');
});

describe('when it is interrupted', () => {
  it('has ended its processes when it rejects', async () => {
    const controller = new AbortController();
    const git = scratch.program(
      // Renamed when it is complete: whoever watches sees the file before there is anything in it.
      `case "$*" in *ls-tree*) echo $$ > ${scratch.root}/part; mv ${scratch.root}/part ${scratch.root}/pid; exec sleep 60;; esac`,
    );
    const request = { author, attrs: '' } as const;
    const snapshot = scratch
      .repo({ git })
      .snapshot(scratch.location, request, watch(controller.signal));
    snapshot.catch(() => undefined);
    for await (const { filename } of watchFiles(scratch.root)) if (filename === 'pid') break;
    controller.abort();
    await expect(snapshot).rejects.toMatchObject({ code: 'FILES_CANCELLED' });
    const pid = Number(readFileSync(join(scratch.root, 'pid'), 'utf8'));
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });

  it('does not begin when it was cancelled before', async () => {
    scratch.write('a');
    const snapshot = scratch
      .repo()
      .snapshot(scratch.location, { author, attrs: '' }, watch(AbortSignal.abort()));
    await expect(snapshot).rejects.toMatchObject({ code: 'FILES_CANCELLED' });
  });

  it('goes on after git was killed in the middle', async () => {
    for (let i = 0; i < 50; i += 1) scratch.write(`file-${i}`);
    const head = scratch.git('rev-parse', 'master-stat');
    const pack = `${scratch.gitDir}/objects/pack`;
    const git = scratch.program(`case "$*" in *fast-import*)
      exec 3<&0
      (head -c 2000 <&3; sleep 0.3) | "$real" "$@" & pid=$!
      until ls ${pack} | grep -q tmp_pack; do :; done
      kill -9 $pid; exit 137;; esac`);
    await expect(scratch.snapshot('', { git })).rejects.toMatchObject({ code: 'FILES_GIT_FAILED' });
    expect(scratch.git('rev-parse', 'master-stat')).toBe(head);

    const lock = join(scratch.gitDir, 'refs/heads/master-stat.lock');
    writeFileSync(lock, '');
    for (const name of [lock, ...readdirSync(pack).map((file) => join(pack, file))]) {
      utimesSync(name, 1, 1);
    }
    expect((await scratch.snapshot()).changed).toBe(true);
    expect(readdirSync(pack).filter((name) => name.startsWith('tmp'))).toEqual([]);
    expect(scratch.git('fsck', '--strict')).toBe('');
    expect((await scratch.snapshot()).changed).toBe(false);
  });
});
