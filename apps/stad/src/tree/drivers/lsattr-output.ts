// Reads what lsattr printed. It prints `FLAGS PATH` and a newline for each entry that it could read,
// in order, with the path as it was given; a path may contain newlines.
import type { FlagState } from '../attribute-driver.ts';
import type { ByteName } from '../names.ts';

/**
 * The state of each path, in order; undefined where nothing was printed. Undefined as a whole if
 * the output is not made of lines for some of these paths.
 *
 * Paths that contain newlines can be told apart for certain only if every path was printed: a line
 * break in a name may look like the line of another path that is missing.
 */
export function parseLsattr(
  output: string,
  paths: readonly ByteName[],
): readonly (FlagState | undefined)[] | undefined {
  let at = 0;
  const states = paths.map((path) => {
    const space = output.indexOf(' ', at);
    if (space < 0 || !output.startsWith(`${path}\n`, space + 1)) return undefined;
    const flags = output.slice(at, space);
    at = space + path.length + 2;
    return flags.includes('i') ? 'immutable' : 'mutable';
  });
  return at === output.length ? states : undefined;
}
