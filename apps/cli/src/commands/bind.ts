// What the files of the commands have in common: how they become actions, and how they explain
// themselves.
import type { Session } from '../session.ts';

/**
 * Makes an action for commander of a command: the arguments as commander gives them, after the
 * session. Commander's types do not know what its readers return, so each command says so.
 */
export type Bind = <Args extends unknown[]>(
  command: (session: Session, ...args: Args) => Promise<void>,
) => (...args: Args) => Promise<void>;

/** Examples for `--help`, a command line each. */
export function examples(...lines: readonly string[]): string {
  return ['', 'Examples:', ...lines.map((line) => `  $ permafrost ${line}`)].join('\n');
}
