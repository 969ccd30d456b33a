// Makes a new shadow repo: one first commit that all branches share.
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { ShadowLocation } from '@permafrost/workflow-core';
import { bytesOfText } from '../byte-string.ts';
import { CommitWriter } from './commit-writer.ts';
import { errnoOf } from '../tree/errno.ts';
import { systemFault } from './faults.ts';
import { Git } from './git.ts';
import { isoSeconds, type Stamp } from './stamp.ts';

const STUB = 'refs/heads/master-stub';
const OTHER_BRANCHES = ['stat', 'sha', 'content', 'sot', 'tos'].map(
  (name) => `refs/heads/master-${name}`,
);

/**
 * Creates the repo unless it is there. It is built beside its place and renamed, so that it is
 * whole or not there at all; what a killed creation left is removed. The helper programs that
 * other implementations keep in it (`.git/fso/bin`) are theirs and are not made here.
 */
export async function createShadow(
  workTree: string,
  location: ShadowLocation,
  means: Readonly<{ program: string; stamp: Stamp; signal: AbortSignal }>,
): Promise<void> {
  const drafts = `${workTree}.__tmp__`;
  try {
    await mkdir(dirname(workTree), { recursive: true, mode: 0o700 });
    for (const name of await readdir(dirname(workTree))) {
      if (name.startsWith(basename(drafts))) await removeTree(join(dirname(workTree), name));
    }
    const draft = `${drafts}${String(process.hrtime.bigint())}__`;
    await mkdir(draft, { mode: 0o700 });
    try {
      await fill(draft, location, means);
      await rename(draft, workTree);
    } catch (error) {
      await removeTree(draft);
      // Somebody else was faster; theirs is as good.
      if (errnoOf(error) !== 'ENOTEMPTY' || !existsSync(join(workTree, '.git'))) throw error;
    }
  } catch (error) {
    throw systemFault(error, 'create shadow repository', bytesOfText(workTree));
  }
}

async function fill(
  draft: string,
  { repoId, hostPath }: ShadowLocation,
  { program, stamp, signal }: Readonly<{ program: string; stamp: Stamp; signal: AbortSignal }>,
): Promise<void> {
  const git = new Git({ program, gitDir: join(draft, '.git'), signal });
  await git.run(['init', '--quiet', '--template=', '--initial-branch=master-stub']);
  for (const [key, value] of [
    ['core.filemode', 'false'],
    ['core.trustctime', 'false'],
    ['fso.realdir', hostPath],
  ] as const) {
    await git.run(['config', key, value]);
  }
  await mkdir(join(git.gitDir, 'fso'));
  await writeFile(join(git.gitDir, 'fso/uuid'), `${repoId}\n`);
  const subject = `init ${isoSeconds(stamp.time)}`;
  await using writer = new CommitWriter(git, { branch: STUB, stamp, subject });
  await writer.set('.gitignore', '100644', '');
  await writer.finish(OTHER_BRANCHES);
  await git.run([`--work-tree=${draft}`, 'reset', '--quiet', '--hard']);
}

async function removeTree(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true });
}
