// Which trees the roots allow that stad was given. How a root is reached is up to the owner of the
// machine. On the way from there nothing may be a symlink: whoever owns a directory could put one in its
// place, and have the tree of somebody else changed.
import { realpath } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { isWithin, parentsOf } from '@permafrost/workflow-core';
import { bytesOfText } from '../byte-string.ts';
import { byteName, type ByteName } from './names.ts';

export type Standing = 'allowed' | 'outside' | 'redirected';

/** Of what has been opened at `path`, and lies at `place`. No roots allow everything. */
export async function standingOf(
  path: string,
  place: ByteName,
  roots: readonly string[],
): Promise<Standing> {
  if (roots.length === 0) return 'allowed';
  const real = (await Promise.all(roots.map(realPath))).filter((root) => root !== undefined);
  const isAllowed = (at: ByteName): boolean => real.some((root) => isWithin(at, root));
  if (!isAllowed(place)) return 'outside';
  for (const start of await startsOf(path, roots, isAllowed)) {
    const real = await realPath(start);
    if (real && join(real, bytesOfText(relative(start, path))) === place) return 'allowed';
  }
  return 'redirected';
}

/** From where on the way to `path` is inside of a root. */
async function startsOf(
  path: string,
  roots: readonly string[],
  isAllowed: (place: ByteName) => boolean,
): Promise<readonly string[]> {
  const around = roots.filter((root) => isWithin(path, root));
  if (around.length > 0) return around;
  // The path has another name for the root.
  for (const at of [path, ...parentsOf(path)].reverse()) {
    const real = await realPath(at);
    if (real && isAllowed(real)) return [at];
  }
  return [];
}

async function realPath(path: string): Promise<ByteName | undefined> {
  const real = await realpath(path, { encoding: 'buffer' }).catch(() => undefined);
  return real && byteName(real);
}
