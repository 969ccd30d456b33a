// The form in which people give rights, and what of it goes into a token. Rights are kept apart:
// to freeze is not to thaw, and to read is neither.
import type { ActionCode } from './action.ts';

/** A word for `--can`. */
export type Right =
  'read' | 'init' | 'freeze' | 'unfreeze' | 'stat' | 'exec' | 'admin' | 'break-glass';

/** What each right stands for in a token. */
export const codesOfRight: Readonly<Record<Right, readonly ActionCode[]>> = {
  /** See main and registries (by name), roots and repos (by path), workflows and events. */
  read: ['frm', 'frg', 'frt', 'frr', 'br'],
  /** Set up registries (by name), roots and repos (by path), remove roots, clear errors. */
  init: ['fig', 'fit', 'fdt', 'fir'],
  freeze: ['fzr'],
  unfreeze: ['fuzr'],
  /** Look at files, and record what changed. */
  stat: ['ffr'],
  /** Carry out the steps of workflows, as a daemon does. */
  exec: ['fxfr', 'fxufr', 'fcpr', 'fcr'],
  /** Run a ping through a registry (by name). */
  admin: ['fag'],
  /** Override what protects the data. No wildcard grants it. */
  'break-glass': ['fbg'],
};

/** Some rights, and what they are for: at least one path or name. */
export type Grant = Readonly<{
  can: readonly Right[];
  /** Absolute paths. A last `*` stands for anything, so `/foo/*` is all below `/foo`. */
  paths?: readonly string[];
  /** Registries, channels or `main`. A last `*` stands for anything. */
  names?: readonly string[];
}>;

/** What was asked for is no grant. */
export class GrantError extends Error {
  readonly code = 'GRANT_MALFORMED';

  constructor(message: string) {
    super(message);
    this.name = 'GrantError';
  }
}

/** Reads `freeze,unfreeze`. Throws a GrantError that lists the rights if one is unknown. */
export function parseRights(text: string): readonly Right[] {
  return text.split(',').map((word) => {
    const right = word.trim();
    if (isRight(right)) return right;
    const known = Object.keys(codesOfRight).join(', ');
    throw new GrantError(`unknown right \`${right}\`; there are ${known}`);
  });
}

function isRight(word: string): word is Right {
  return Object.hasOwn(codesOfRight, word);
}

/** One entry of the claim `sc`. Empty lists are left out, as in the tokens of the Go system. */
export type ScopeClaim = Readonly<{
  aa: readonly ActionCode[];
  p?: readonly string[];
  n?: readonly string[];
}>;

/** Throws a GrantError if the grant would not do what its author must have meant. */
export function scopeClaimOf({ can, paths = [], names = [] }: Grant): ScopeClaim {
  if (can.length === 0) throw new GrantError('a grant needs at least one right');
  if (paths.length + names.length === 0) throw new GrantError('a grant needs a path or a name');
  paths.forEach(checkPathGlob);
  names.forEach(checkGlob);
  return {
    aa: [...new Set(can.flatMap((right) => codesOfRight[right]))],
    ...(paths.length > 0 && { p: paths }),
    ...(names.length > 0 && { n: names }),
  };
}

function checkPathGlob(glob: string): void {
  checkGlob(glob);
  if (glob !== '*' && !glob.startsWith('/')) throw new GrantError(`path not absolute: ${glob}`);
}

/** Elsewhere than at the end a `*` would be taken literally, and match nothing. */
function checkGlob(glob: string): void {
  if (glob === '') throw new GrantError('an empty path or name');
  if (glob.slice(0, -1).includes('*')) throw new GrantError(`\`*\` not at the end: ${glob}`);
}
