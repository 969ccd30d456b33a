// Reads what lsattr printed: `FLAGS PATH` and a newline for each entry that it could read, in order,
// with the path as it was given.
//
// Names may contain newlines and look like lines of their own. Still there is only one way to read
// the output, because a path here is `N/name` and a name has no slash: so there is one slash a line,
// and what stands between the last newline and the digits before a slash can only be flags.
import type { FlagState } from '../attribute-driver.ts';
import type { ByteName } from '../names.ts';

const LINE = /([A-Za-z-]+) (\d+\/[^/]*)\n(?=[A-Za-z-]+ \d+\/|$)/y;

/**
 * The state of each path, in order; undefined where nothing was printed. Undefined as a whole if
 * the output is anything else than lines for some of these paths in this order.
 */
export function parseLsattr(
  output: string,
  paths: readonly ByteName[],
): readonly (FlagState | undefined)[] | undefined {
  const line = new RegExp(LINE);
  let end = 0;
  const next = (): RegExpExecArray | undefined => {
    const found = line.exec(output) ?? undefined;
    end = found ? line.lastIndex : end;
    return found;
  };
  let printed = next();
  const states = paths.map((path): FlagState | undefined => {
    if (printed?.[2] !== path) return undefined;
    const [, flags = ''] = printed;
    printed = next();
    return flags.includes('i') ? 'immutable' : 'mutable';
  });
  return printed === undefined && end === output.length ? states : undefined;
}
