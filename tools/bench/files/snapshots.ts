import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { randomUuid } from '@permafrost/events';
import { GitShadowRepo } from '@permafrost/stad/effects';
import type { ShadowLocation } from '@permafrost/workflow-core';
import { execa } from 'execa';
import type { Benchmark } from '../benchmark.ts';
import { elapsedMs } from '../scratch.ts';
import { plantTree, watch, type PlantedTree } from './planted-tree.ts';

/** Enough to see a cost that grows with each snapshot. */
const SMALL_TREE_DIRECTORIES = 20;
const HUNDRED = 100;

const author = { name: 'Bench', email: 'bench@example.org' };

/** The shadow repos of one tree. */
class Shadows {
  readonly #top: string;
  readonly #root: string;
  readonly #repo: GitShadowRepo;

  constructor({ top, beside }: PlantedTree) {
    this.#top = top;
    this.#root = join(beside, 'shadow');
    this.#repo = new GitShadowRepo({ shadowRoot: this.#root });
  }

  /** A new shadow repo, without a snapshot. Resolves to it and the work tree of its git. */
  async create(): Promise<ShadowLocation & { workTree: string }> {
    const location = { repoId: randomUuid(), hostPath: this.#top };
    return { ...location, workTree: await this.#repo.init(location, author) };
  }

  async snapshot(location: ShadowLocation, attrs: '' | 'i' = ''): Promise<void> {
    await this.#repo.snapshot(location, { author, attrs }, watch);
  }

  removeAll(): void {
    rmSync(this.#root, { recursive: true, force: true });
  }
}

const first: Benchmark = {
  name: 'files/first-snapshot',
  measured: 'first shadow snapshot',
  reference: 'git add -A && git commit of the same blobs as files',
  unit: 'ms',
  comparison: 'ratio',
  target: { atMost: 1 / 3 },
  prepare: async () => {
    const tree = plantTree();
    const shadows = new Shadows(tree);
    const { workTree, ...location } = await shadows.create();
    await shadows.snapshot(location);
    const files = join(tree.beside, 'blobs');
    await git(workTree, 'worktree', 'add', '--quiet', '--detach', files, 'master-stat');
    const ownGit = join(files, '.git');
    return {
      run: async () => {
        shadows.removeAll();
        const created = await shadows.create();
        await diskAtRest();
        const measured = await elapsedMs(() => shadows.snapshot(created));
        rmSync(ownGit, { recursive: true });
        await git(files, 'init', '--quiet');
        await diskAtRest();
        const reference = await elapsedMs(async () => {
          await git(files, 'add', '--all', '--force');
          await git(files, 'commit', '--quiet', '--message=files');
        });
        return { measured, reference };
      },
      close: tree.remove,
    };
  },
};

/** The snapshot after a freeze of data that nobody has touched since the last one. */
const unchanged: Benchmark = {
  name: 'files/unchanged-snapshot',
  measured: 'shadow snapshot with nothing changed',
  reference: "find -printf '%s %T@ %p'",
  unit: 'ms',
  comparison: 'ratio',
  target: { atMost: 2.5 },
  prepare: async () => {
    const tree = plantTree();
    const shadows = new Shadows(tree);
    const location = await shadows.create();
    await shadows.snapshot(location);
    return {
      run: async () => ({
        measured: await elapsedMs(() => shadows.snapshot(location)),
        reference: await elapsedMs(() =>
          execa('find', [tree.top, '-printf', '%s %T@ %p\\n'], { stdout: 'ignore' }),
        ),
      }),
      close: tree.remove,
    };
  },
};

const hundredth: Benchmark = {
  name: 'files/hundredth-snapshot',
  measured: 'unchanged snapshot after a hundred freezes and thaws',
  reference: 'the same after the first',
  unit: 'ms',
  comparison: 'ratio',
  target: { atMost: 1.25 },
  prepare: async () => {
    const tree = plantTree(SMALL_TREE_DIRECTORIES);
    const shadows = new Shadows(tree);
    const [old, fresh] = [await shadows.create(), await shadows.create()];
    await shadows.snapshot(fresh);
    for (let count = 0; count < HUNDRED; count++)
      await shadows.snapshot(old, count % 2 === 0 ? 'i' : '');
    return {
      run: async () => ({
        measured: await elapsedMs(() => shadows.snapshot(old)),
        reference: await elapsedMs(() => shadows.snapshot(fresh)),
      }),
      close: tree.remove,
    };
  },
};

export const snapshots: readonly Benchmark[] = [first, unchanged, hundredth];

/** A snapshot waits for the disk, and must not wait for what was written and removed before it. */
async function diskAtRest(): Promise<void> {
  await execa('sync');
}

async function git(workTree: string, ...args: readonly string[]): Promise<void> {
  const identity = ['-c', 'user.name=Bench', '-c', 'user.email=bench@example.org'];
  // It would go on in the background, and find another repository in the place of the one that it was for.
  const noCollection = ['-c', 'gc.auto=0'];
  await execa('git', ['-C', workTree, ...identity, ...noCollection, ...args], {
    env: { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' },
  });
}
