// Whether the directory of a repo is where the journal says: it may have been renamed, with or without
// one of its parents, and something else may have been put into its place.
import { lstatSync, readlinkSync, type Stats } from 'node:fs';
import { bytesOfText } from '../byte-string.ts';
import { systemFault } from '../shadow/faults.ts';
import { errnoOf } from '../tree/errno.ts';
import { printablePath } from '../tree/names.ts';

export type Misplacement = Readonly<{
  /**
   * `missing`: there is nothing. `replaced`: there is something that is no directory. `redirected`:
   * a symlink within the root leads to the directory, which so lies elsewhere.
   */
  kind: 'missing' | 'replaced' | 'redirected';
  /** One line, for people. */
  detail: string;
}>;

/**
 * What is wrong with the way to `path`, an absolute and plain path; undefined when it is sound. How
 * the root itself is reached is up to the owner of the machine. Throws a FilesFault.
 */
export function misplacementOf(path: string, root: string): Misplacement | undefined {
  let symlink: Misplacement | undefined;
  for (const at of wayTo(path)) {
    const stats = lstat(at);
    if (!stats) return { kind: 'missing', detail: `${printablePath(at)} does not exist` };
    if (stats.isDirectory()) continue;
    if (at === path) return { kind: 'replaced', detail: whatIs(at, stats) };
    if (!stats.isSymbolicLink()) return { kind: 'missing', detail: whatIs(at, stats) };
    if (at.startsWith(`${root}/`)) symlink ??= { kind: 'redirected', detail: whatIs(at, stats) };
  }
  return symlink;
}

/** Of `/a/b`: `/a` and `/a/b`. */
function wayTo(path: string): readonly string[] {
  const names = path.split('/').filter(Boolean);
  return names.map((_, index) => `/${names.slice(0, index + 1).join('/')}`);
}

function lstat(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw systemFault(error, 'stat', bytesOfText(path));
  }
}

function whatIs(path: string, stats: Stats): string {
  const shown = printablePath(path);
  return stats.isSymbolicLink()
    ? `${shown} is a symlink to ${printablePath(readlinkSync(path))}`
    : `${shown} is no directory`;
}
