// For the tests of this folder: a data directory, a shadow root beside it, and git to look into the
// result with.
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseUuid } from '@permafrost/events';
import type { ShadowLocation, Snapshot, Watch } from '@permafrost/workflow-core';
import { GitShadowRepo, type GitShadowRepoOptions } from './git-shadow-repo.ts';

export const author = { name: 'A U Thor', email: 'author@example.org' };

export class Scratch implements Disposable {
  readonly root: string = mkdtempSync(join(tmpdir(), 'permafrost-shadow-'));
  readonly data: string = join(this.root, 'data');
  readonly shadowRoot: string = join(this.root, 'shadow');
  readonly location: ShadowLocation = {
    repoId: parseUuid('6ba7b810-9dad-41d1-80b4-00c04fd430c8'),
    hostPath: this.data,
  };

  constructor() {
    mkdirSync(this.data);
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  get gitDir(): string {
    return join(this.shadowRoot, this.data, `${this.location.repoId}.fso`, '.git');
  }

  repo(options: Partial<GitShadowRepoOptions> = {}): GitShadowRepo {
    return new GitShadowRepo({ shadowRoot: this.shadowRoot, ...options });
  }

  async snapshot(attrs: '' | 'i' = '', options?: Partial<GitShadowRepoOptions>): Promise<Snapshot> {
    return await this.repo(options).snapshot(this.location, { author, attrs }, watch());
  }

  write(path: string, content = ''): void {
    mkdirSync(join(this.data, path, '..'), { recursive: true });
    writeFileSync(join(this.data, path), content);
  }

  /** A program to run instead of git, which is in `$real`. */
  program(script: string): string {
    const path = join(this.root, 'fake-git');
    writeFileSync(path, `#!/bin/sh\nreal=git\n${script}\nexec "$real" "$@"\n`);
    chmodSync(path, 0o755);
    return path;
  }

  git(...args: string[]): string {
    return execFileSync('git', [`--git-dir=${this.gitDir}`, ...args], {
      encoding: 'latin1',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'], LC_ALL: 'C', GIT_CONFIG_GLOBAL: '/dev/null' },
    });
  }

  /** Paths and texts on a branch, in git's order. Paths and texts are byte strings. */
  recorded(revision = 'master-stat'): Map<string, string> {
    const listing = this.git('ls-tree', '-r', '-z', revision);
    const entries = listing.split('\0').filter(Boolean);
    return new Map(
      entries.map((entry) => {
        const tab = entry.indexOf('\t');
        return [entry.slice(tab + 1), this.git('cat-file', 'blob', entry.slice(tab - 40, tab))];
      }),
    );
  }

  /** Gives the shadow other rules, as another implementation's reinit does. */
  setStub(files: Readonly<Record<string, string>>): void {
    const tree = join(this.gitDir, '..');
    for (const [name, content] of Object.entries(files)) writeFileSync(join(tree, name), content);
    const identity = ['-c', 'user.name=x', '-c', 'user.email=x@example.org'];
    this.git(
      `--work-tree=${tree}`,
      'add',
      '--force',
      ...Object.keys(files).map((name) => join(tree, name)),
    );
    this.git(`--work-tree=${tree}`, ...identity, 'commit', '--quiet', '-m', 'switch');
  }
}

export function watch(signal: AbortSignal = new AbortController().signal): Watch {
  return { signal, onStep: () => undefined };
}
