// Keeps a shadow repo small and quick over hundreds of snapshots. git decides what to do; here is
// only a cheap look whether asking git is worth its start.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { FilesFault } from '@permafrost/workflow-core';
import type { Git } from './git.ts';

/** git's own default thresholds, 6700 objects and 50 packs; one of 256 directories is counted. */
const LOOSE_OBJECTS_IN_ONE_MAX = 27;
const PACKS_MAX = 50;

/** Packs loose objects when there are many. Called with the repo's lock held, after a commit. */
export async function maintain(git: Git): Promise<void> {
  const objects = join(git.gitDir, 'objects');
  const loose = await namesIn(join(objects, '17'));
  const packs = (await namesIn(join(objects, 'pack'))).filter((name) => name.endsWith('.pack'));
  if (loose.length <= LOOSE_OBJECTS_IN_ONE_MAX && packs.length <= PACKS_MAX) return;
  try {
    // In the foreground, since the lock protects it only as long as we wait. Nothing is pruned: a
    // second repository of another implementation may borrow objects from here.
    const settings = ['gc.autoDetach=false', 'gc.pruneExpire=never'];
    await git.run([...settings.flatMap((setting) => ['-c', setting]), 'gc', '--auto', '--quiet']);
  } catch (error) {
    // The snapshot is made and good. The next one tries to clean up again.
    if (!(error instanceof FilesFault)) throw error;
  }
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch {
    return [];
  }
}
