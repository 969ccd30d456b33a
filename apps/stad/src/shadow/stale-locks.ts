// Removes what a killed git left behind. Whoever calls this holds the repo's lock, so no other
// stad is at work here. One git may be: that of a stad which was killed, for the instant until it
// notices. git holds a lock file for milliseconds, so a lock that outlives the grace has no owner.
import { readdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { bytesOfText } from '../byte-string.ts';
import { errnoOf } from '../tree/errno.ts';
import { systemFault } from './faults.ts';

const GRACE_MS = 2000;
const LOOK_MS = 20;
/** A pack that is being written is touched all the time; garbage may lie until then. */
const PACK_GRACE_MS = 3_600_000;

const LOCKED_DIRECTORIES = ['', 'refs', 'refs/heads'];

/** Resolves once no lock of git stands in the way. Throws a FilesFault. */
export async function removeStaleLocks(gitDir: string): Promise<void> {
  try {
    for (const directory of LOCKED_DIRECTORIES) {
      for (const path of await pathsIn(join(gitDir, directory), /\.lock$/))
        await waitAndRemove(path);
    }
    const litter = [
      ...(await pathsIn(join(gitDir, 'objects/pack'), /^(\.?tmp[-_])/)),
      ...(await pathsIn(gitDir, /^fast_import_crash_/)),
    ];
    for (const path of litter) if ((await ageMs(path)) > PACK_GRACE_MS) await remove(path);
  } catch (error) {
    throw systemFault(error, 'remove stale locks in', bytesOfText(gitDir));
  }
}

async function pathsIn(directory: string, pattern: RegExp): Promise<string[]> {
  const names = await readdir(directory);
  return names.filter((name) => pattern.test(name)).map((name) => join(directory, name));
}

async function waitAndRemove(path: string): Promise<void> {
  const startMs = performance.now();
  // The wall clock may be wrong, or have jumped: the wait is bounded by its own length as well.
  while ((await ageMs(path)) < GRACE_MS && performance.now() - startMs < GRACE_MS) {
    await setTimeout(LOOK_MS);
  }
  await remove(path);
}

/** Infinite when the file is gone. */
async function ageMs(path: string): Promise<number> {
  try {
    return Date.now() - (await stat(path)).mtimeMs;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return Number.POSITIVE_INFINITY;
    throw error;
  }
}

async function remove(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
}
