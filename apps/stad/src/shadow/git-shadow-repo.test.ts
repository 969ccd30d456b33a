import { execFileSync } from 'node:child_process';
import {
  linkSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { author, Scratch, watch } from './scratch.ts';
import { parseBlob } from './stat-blob.ts';

let scratch: Scratch;
beforeEach(async () => {
  scratch = new Scratch();
  await scratch.repo().init(scratch.location, author);
});
afterEach(() => scratch[Symbol.dispose]());

const topOf = (s: Scratch): ReadonlyMap<string, string> =>
  parseBlob(Buffer.from(s.recorded().get('.nogtree') ?? ''));

const pathsOf = (s: Scratch): string[] =>
  [...s.recorded().keys()].filter((p) => p !== '.gitignore');

const status = async (): Promise<string[]> =>
  (await scratch.repo().status(scratch.location, watch())).map(
    ({ mark, path }) => `${mark} ${path}`,
  );

function makeGit(path: string, commits: 'with a commit' | 'unborn'): string {
  const git = (...args: string[]): string =>
    execFileSync('git', ['-C', path, '-c', 'user.name=x', '-c', 'user.email=x@y', ...args], {
      encoding: 'utf8',
    }).trim();
  mkdirSync(path, { recursive: true });
  git('init', '--quiet');
  if (commits === 'unborn') return '';
  git('commit', '--quiet', '--allow-empty', '-m', 'x');
  return git('rev-parse', 'HEAD');
}

describe('init', () => {
  it('has counted nothing yet', async () => {
    const counted = await scratch.repo().counted(scratch.location, watch().signal);
    expect(counted).toBeUndefined();
  });

  it('does nothing when the repo is there', async () => {
    const head = scratch.git('rev-parse', 'master-stat');
    const path = await scratch.repo().init(scratch.location, { name: 'B', email: 'b@b' });
    expect(join(path, '.git')).toBe(scratch.gitDir);
    expect(scratch.git('rev-parse', 'master-stat')).toBe(head);
    expect(readFileSync(join(scratch.gitDir, 'fso/uuid'), 'utf8')).toBe(
      `${scratch.location.repoId}\n`,
    );
  });

  it('removes what a killed creation left', async () => {
    const place = join(scratch.gitDir, '..');
    renameSync(place, `${place}.__tmp__1__`);
    await scratch.repo().init(scratch.location, author);
    expect(readdirSync(join(place, '..'))).toEqual([`${scratch.location.repoId}.fso`]);
  });

  it('leaves nothing when git fails', async () => {
    rmSync(join(scratch.gitDir, '..'), { recursive: true });
    const git = scratch.program('case "$*" in *fast-import*) exit 3;; esac');
    await expect(scratch.repo({ git }).init(scratch.location, author)).rejects.toMatchObject({
      code: 'FILES_GIT_FAILED',
    });
    expect(readdirSync(join(scratch.gitDir, '../..'))).toEqual([]);
  });

  it.each([
    ['a relative path', () => 'data'],
    ['a path with dots', () => `${scratch.data}/../data`],
    ['data below the shadow root', () => join(scratch.shadowRoot, 'tmp')],
    ['a shadow root below the data', () => scratch.root],
    ['a shadow root below the data by a symlink', () => join(scratch.root, 'alias')],
  ])('refuses %s', async (_, hostPath) => {
    symlinkSync(scratch.root, join(scratch.root, 'alias'));
    const location = { ...scratch.location, hostPath: hostPath() };
    await expect(scratch.repo().init(location, author)).rejects.toMatchObject({
      code: 'FILES_OUTSIDE_ROOTS',
      retry: 'never',
    });
  });

  it('refuses data that is no directory', async () => {
    scratch.write('file');
    symlinkSync(scratch.data, join(scratch.root, 'link'));
    const ends = ['data/file', 'data/no', 'link', 'link/'];
    for (const hostPath of ends.map((end) => join(scratch.root, end))) {
      const init = scratch.repo().init({ ...scratch.location, hostPath }, author);
      await expect(init).rejects.toMatchObject({ code: 'FILES_MISSING', retry: 'never' });
    }
  });
});

describe('what is recorded', () => {
  it('makes no commit when nothing changed', async () => {
    scratch.write('a/b/c');
    const first = await scratch.snapshot();
    expect(first.changed).toBe(true);
    expect(await scratch.snapshot()).toEqual({ commit: first.commit, changed: false });
    expect(pathsOf(scratch)).toEqual(['.nogtree', 'a/.nogtree', 'a/b/.nogtree', 'a/b/c']);
  });

  it('keeps what the journal says about the flag', async () => {
    await scratch.snapshot('');
    const frozen = await scratch.snapshot('i');
    expect(frozen.changed).toBe(true);
    expect(topOf(scratch).get('attrs')).toBe('i');
    expect(await scratch.snapshot('i')).toEqual({ commit: frozen.commit, changed: false });
    expect((await scratch.snapshot('')).changed).toBe(true);
    expect(topOf(scratch).get('attrs')).toBe('');
  });

  it('turns files into directories and back', async () => {
    scratch.write('x', 'file');
    scratch.write('y/z', 'file');
    await scratch.snapshot();
    rmSync(join(scratch.data, 'x'));
    rmSync(join(scratch.data, 'y'), { recursive: true });
    scratch.write('x/z');
    scratch.write('x-1');
    scratch.write('y', 'file');
    // Whether the top's mtime differs is a matter of the second in which this runs.
    const lines = (await status()).filter((line) => line !== 'M .');
    expect(lines).toEqual(['D x', 'D y/z', '? x-1', '? x/z', '? y']);
    await scratch.snapshot();
    const paths = ['.nogtree', 'x-1', 'x/.nogtree', 'x/z', 'y'];
    expect(pathsOf(scratch)).toEqual(paths);
    expect(await status()).toEqual([]);
  });

  it('forgets a directory when its last entry goes, and all when the tree is emptied', async () => {
    scratch.write('a/b/c');
    scratch.write('d');
    await scratch.snapshot();
    rmSync(join(scratch.data, 'a/b/c'));
    await scratch.snapshot();
    expect(pathsOf(scratch)).toEqual(['.nogtree', 'd']);
    rmSync(join(scratch.data, 'd'));
    await scratch.snapshot();
    expect(pathsOf(scratch)).toEqual(['.nogtree']);
    expect(topOf(scratch).get('dirs')).toBe('3');
  });

  it('refreshes the counts when only something deep has changed', async () => {
    scratch.write('a/b', 'one');
    await scratch.snapshot();
    scratch.write('a/b', 'more');
    await scratch.snapshot();
    expect(topOf(scratch).get('size')).toBe('4');
  });

  it('counts hard links, special files and what is not tracked', async () => {
    scratch.write('a', '12345');
    linkSync(join(scratch.data, 'a'), join(scratch.data, 'b'));
    scratch.write('.nogmeta/x', '1');
    symlinkSync('nowhere', join(scratch.data, 'link'));
    execFileSync('mkfifo', [join(scratch.data, 'fifo')]);
    await scratch.snapshot();
    const top = topOf(scratch);
    const counts = ['dirs', 'files', 'links', 'others', 'size'].map((key) => top.get(key));
    expect(counts).toEqual(['2', '3', '1', '1', '6']);
    expect(pathsOf(scratch)).toEqual(['.nogtree', 'a', 'b', 'link']);
    const counted = await scratch.repo().counted(scratch.location, watch().signal);
    expect(counted).toEqual({ entries: 7, bytes: 6 });
  });

  it('records what other systems take for a .git, and only counts what any git does', async () => {
    for (const path of ['git~1', 'a\\.git', '.GIT/x', 'b/.Git']) scratch.write(path, 'x');
    symlinkSync('x', join(scratch.data, '.GITMODULES'));
    await scratch.snapshot();
    expect(pathsOf(scratch)).toEqual(['.nogtree', 'a\\.git', 'git~1']);
    expect([topOf(scratch).get('files'), topOf(scratch).get('links')]).toEqual(['4', '1']);
  });

  it('does not hide data for a .gitignore in the data', async () => {
    scratch.write('.gitignore', '*');
    scratch.write('secret', 'x');
    await scratch.snapshot();
    expect(pathsOf(scratch)).toContain('secret');
    expect(scratch.recorded().get('.gitignore')).toBe('');
  });

  it('rounds times down, also before 1970', async () => {
    scratch.write('old');
    execFileSync('touch', ['-d', '1969-12-31T23:59:58.5Z', join(scratch.data, 'old')]);
    await scratch.snapshot();
    expect(scratch.recorded().get('old')).toContain('mtime: -2\n');
  });

  it('reaches paths that are longer than the kernel takes', async () => {
    // Made from inside, as users make them: by changing into each.
    const make = 'for i in $(seq 20); do mkdir "$1" && cd "$1" || exit 1; done; touch bottom';
    const name = 'd'.repeat(240);
    execFileSync('bash', ['-c', make, 'bash', name], { cwd: scratch.data });
    await scratch.snapshot();
    expect(scratch.git('ls-tree', '-r', '--name-only', 'master-stat')).toContain(
      `${name}/`.repeat(20) + 'bottom',
    );
  });

  it('does not enter other file systems', async ({ skip }) => {
    scratch.write('mnt/below');
    try {
      execFileSync('mount', ['-t', 'tmpfs', 'none', join(scratch.data, 'mnt')], { stdio: 'pipe' });
    } catch {
      skip('mounting is not permitted here');
    }
    try {
      scratch.write('mnt/inside');
      await scratch.snapshot();
      expect(pathsOf(scratch)).toEqual(['.nogtree']);
      expect(topOf(scratch).get('files')).toBe('0');
    } finally {
      execFileSync('umount', [join(scratch.data, 'mnt')]);
    }
  });

  it('writes authors with odd names so that git accepts them', async () => {
    scratch.write('a');
    const odd = { name: 'Ünal <x>\ncommitter evil', email: 'u@x>\n' };
    const request = { author: odd, attrs: '' } as const;
    await scratch.repo().snapshot(scratch.location, request, watch());
    expect(scratch.git('fsck', '--strict')).toBe('');
    const head = await scratch.repo().readHead(scratch.location, watch().signal);
    expect(head.author).toEqual({ name: 'Ünal xcommitter evil', email: 'u@x' });
  });
});

describe('git repositories in the data', () => {
  it('are recorded by their commit, and again only when that changes', async () => {
    const head = makeGit(join(scratch.data, 'sub'), 'with a commit');
    await scratch.snapshot();
    expect(pathsOf(scratch)).toEqual(['.nogtree', 'sub']);
    const before = scratch.recorded().get('sub');
    expect(before).toMatch(
      new RegExp(`^name: "sub"\nmtime: \\d+\ndirs: .*submodule: "${head}"\n$`, 's'),
    );
    scratch.write('sub/untracked', 'x');
    scratch.write('other', 'x');
    await scratch.snapshot();
    expect(scratch.recorded().get('sub')).toBe(before);
    const git = ['-C', join(scratch.data, 'sub'), '-c', 'user.name=x', '-c', 'user.email=x@y'];
    execFileSync('git', [...git, 'commit', '--quiet', '--allow-empty', '-m', 'y']);
    execFileSync('git', [...git, 'pack-refs', '--all']);
    expect(await status()).toEqual(['M sub']);
    await scratch.snapshot();
    expect(scratch.recorded().get('sub')).not.toContain(head);
  });

  it('are plain directories while they have no commit', async () => {
    makeGit(join(scratch.data, 'sub'), 'unborn');
    scratch.write('sub/file', 'x');
    await scratch.snapshot();
    expect(pathsOf(scratch)).toEqual(['.nogtree', 'sub/.nogtree', 'sub/file']);
    makeGit(join(scratch.data, 'sub'), 'with a commit');
    await scratch.snapshot();
    expect(pathsOf(scratch)).toEqual(['.nogtree', 'sub']);
  });

  it('are plain directories when their git directory is elsewhere', async () => {
    makeGit(join(scratch.root, 'elsewhere'), 'with a commit');
    scratch.write('absolute/.git', `gitdir: ${scratch.root}/elsewhere/.git\n`);
    scratch.write('relative/.git', 'gitdir: ../../elsewhere/.git\n');
    scratch.write('relative/file');
    makeGit(join(scratch.data, 'sub'), 'with a commit');
    scratch.write('within/.git', 'gitdir: ../sub/.git\n');
    await scratch.snapshot();
    expect(pathsOf(scratch)).toEqual([
      '.nogtree',
      'relative/.nogtree',
      'relative/file',
      'sub',
      'within',
    ]);
  });

  it('are plain directories when a symlink is on the way to their commit', async () => {
    makeGit(join(scratch.data, 'sub'), 'with a commit');
    const heads = join(scratch.data, 'sub/.git/refs/heads');
    renameSync(heads, join(scratch.root, 'heads'));
    symlinkSync(join(scratch.root, 'heads'), heads);
    scratch.write('sub/file');
    await scratch.snapshot();
    expect(pathsOf(scratch)).toEqual(['.nogtree', 'sub/.nogtree', 'sub/file']);
  });

  it('are told of in the top record when the data is one', async () => {
    const head = makeGit(scratch.data, 'with a commit');
    await scratch.snapshot();
    const top = topOf(scratch);
    expect(top.get('git')).toBe(head);
    expect(Number(top.get('git_dirs'))).toBe(Number(top.get('dirs')) - 1);
    expect([...top.keys()].slice(-7).join()).toBe(
      'git,git_mtime,git_dirs,git_files,git_links,git_others,git_size',
    );
  });
});

describe('rules of the shadow', () => {
  it('records bundles by their own mtime', async () => {
    scratch.setStub({ '.gitignore': '/*/\n', '.nogbundles': '/*/\n' });
    scratch.write('b/x', '1');
    scratch.write('file');
    expect(await status()).toEqual(['? .', '? file', '? b']);
    await scratch.snapshot();
    expect(pathsOf(scratch)).toEqual(['.nogtree', 'b', 'file']);
    const before = scratch.recorded().get('b');
    expect(before).toMatch(
      /^name: "b"\nmtime: \d+\ndirs: 1\nfiles: 1\nlinks: 0\nothers: 0\nsize: 1\n$/,
    );
    scratch.write('b/x', '22');
    expect((await scratch.snapshot()).changed).toBe(false);
    utimesSync(join(scratch.data, 'b'), 1, 1);
    await scratch.snapshot();
    expect(scratch.recorded().get('b')).toContain('mtime: 1\n');
  });

  it('ignores subdirectories, and forgets those that it knew', async () => {
    scratch.write('a/x', '1');
    scratch.write('file');
    await scratch.snapshot();
    scratch.setStub({ '.gitignore': '/*/\n' });
    await scratch.snapshot();
    expect(pathsOf(scratch)).toEqual(['.nogtree', 'file']);
    expect(topOf(scratch).get('files')).toBe('2');
  });

  it('refuses rules that it does not know', async () => {
    scratch.setStub({ '.gitignore': '*.tmp\n' });
    await expect(scratch.snapshot()).rejects.toMatchObject({
      code: 'FILES_GIT_FAILED',
      retry: 'never',
    });
  });
});

describe('status', () => {
  it('tells what a snapshot would record', async () => {
    expect(await status()).toEqual(['? .']);
    scratch.write('a');
    scratch.write('b');
    scratch.write('dir/c');
    await scratch.snapshot();
    expect(await status()).toEqual([]);
    rmSync(join(scratch.data, 'b'));
    scratch.write('a', 'changed');
    scratch.write('dir/a new\n');
    utimesSync(scratch.data, 5, 5);
    expect(await status()).toEqual(['M .', 'M a', 'D b', '? dir/a new\n']);
    rmSync(scratch.data, { recursive: true });
    expect(await status()).toEqual(['D .', 'D a', 'D b', 'D dir/c']);
  });
});
