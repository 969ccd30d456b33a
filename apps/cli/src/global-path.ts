// Where a new repo lies in the registry, if the user has said where it lies here.
import { isAbsolute, join, relative, resolve } from 'node:path';
import { wrongUsage } from './failure.ts';

type Root = Readonly<{ globalRoot: string; hostRoot: string }>;

/**
 * A relative path begins at the current directory, and is translated as the roots say. Throws a failure
 * if they leave it open.
 */
export function globalPathOf(path: string, roots: readonly Root[]): string {
  const here = resolve(path);
  const meant = roots
    .filter(({ hostRoot }) => isWithin(here, hostRoot))
    .map(({ globalRoot, hostRoot }) => join(globalRoot, relative(hostRoot, here)));
  const [only, ...others] = new Set(meant);
  if (only !== undefined && others.length === 0) return only;
  throw only === undefined
    ? wrongUsage(
        `${here} is not below any root of the registry`,
        'See its roots with `permafrost registries --json`, or make one with `permafrost init root`.',
      )
    : wrongUsage(
        `${here} could be ${[only, ...others].join(' or ')}`,
        'Say which: write the path as it is in the registry, from the slash on.',
      );
}

function isWithin(path: string, top: string): boolean {
  const way = relative(top, path);
  return way === '' || !(way === '..' || way.startsWith('../') || isAbsolute(way));
}
