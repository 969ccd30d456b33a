// The rule of who may do what: a pure question to the scopes of a token. Default deny.
import { cleanPath } from '@permafrost/workflow-core';
import type { Action, ActionGlob } from './action.ts';
import type { Check } from './check.ts';
import { AccessDeniedError } from './errors.ts';
import { matchesGlob } from './glob.ts';

/** What one entry of a token grants: any of the actions, on any of the paths or names. */
export type Scope = Readonly<{
  actions: readonly ActionGlob[];
  /** Globs of global paths. `/foo/*` does not contain `/foo` itself. */
  paths: readonly string[];
  /** Globs of names: registries, channels, `main`. */
  names: readonly string[];
}>;

// Those who gave out `f*` before this action existed did not mean it. So no wildcard grants it.
const BREAK_GLASS: Action = 'fso/break-glass';

/** Whether any single scope grants all of it. */
export function isGranted(scopes: readonly Scope[], check: Check): boolean {
  return scopes.some(
    (scope) => grantsAction(scope, check.action) && grantsObject(scope, objectOf(check)),
  );
}

/**
 * Lets the call pass, or throws an AccessDeniedError that names the scope that would have let it.
 * A path is cleaned first. An empty path or name never passes, since on the wire it is the same
 * as none at all.
 */
export function authorize(scopes: readonly Scope[], check: Check): void {
  if (scopes.length === 0) throw new AccessDeniedError('no-scope', check);
  if (objectOf(check).text === '') throw new AccessDeniedError('nothing-to-check', check);
  if (!isGranted(scopes, check)) throw new AccessDeniedError('default-deny', check);
}

type CheckedObject = Readonly<{ list: 'paths' | 'names'; text: string }>;

function objectOf(check: Check): CheckedObject {
  return 'path' in check
    ? { list: 'paths', text: cleanPath(check.path) }
    : { list: 'names', text: check.name };
}

function grantsAction({ actions }: Scope, action: Action): boolean {
  if (action === BREAK_GLASS) return actions.includes(action);
  return actions.some((glob) => matchesGlob(glob, action));
}

function grantsObject(scope: Scope, { list, text }: CheckedObject): boolean {
  return scope[list].some((glob) => matchesGlob(glob, text));
}
