// The question of every call: may this be done to that?
import type { Action } from './action.ts';

/** What a call is about to do, and to what. */
export type Check = Readonly<{ action: Action; path: string } | { action: Action; name: string }>;

/** A scope in words, such as `fso/freeze-repo path=/data/foo`. */
export function scopeText(check: Check): string {
  const object = 'path' in check ? `path=${check.path}` : `name=${check.name}`;
  return `${check.action} ${object}`;
}
