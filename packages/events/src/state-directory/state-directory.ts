// Where an installation keeps its state, and what lies in it. Scripts rely on these names.
import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { Fault } from '../fault.ts';

export type StateDirectory = Readonly<{
  path: string;
  /** The journal, in SQLite. */
  journal: string;
  /** regd's Unix socket. */
  socket: string;
  /** The shadow repos of this host. */
  shadows: string;
  /** One lock file for each repo whose files are worked on. */
  locks: string;
}>;

/** The directory for `--state`, or without it the default of this user. */
export function stateDirectory(
  given?: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
): StateDirectory {
  const path = resolve(given ?? defaultPath(env));
  return {
    path,
    journal: join(path, 'journal.db'),
    socket: join(path, 'regd.sock'),
    shadows: join(path, 'shadows'),
    locks: join(path, 'locks'),
  };
}

function defaultPath(env: Readonly<Record<string, string | undefined>>): string {
  const { PERMAFROST_STATE: state, XDG_STATE_HOME: xdg } = env;
  if (state) return state;
  if (process.getuid?.() === 0) return '/var/lib/permafrost';
  // What is not absolute is to be taken as not set, as the specification of these variables has it.
  const home = xdg && isAbsolute(xdg) ? xdg : join(homedir(), '.local', 'state');
  return join(home, 'permafrost');
}

/** The state directory cannot be made: something else is in its place, or this user may not. */
export class StateDirectoryError extends Fault {
  readonly code = 'STATE_DIRECTORY_UNUSABLE';
  readonly retry = 'never';
}

/**
 * Makes the directory, for this user alone, if it is not there. Throws a {@link StateDirectoryError} if
 * that is impossible.
 */
export function makeStateDirectory({ path }: StateDirectory): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const why = code === 'EEXIST' || code === 'ENOTDIR' ? 'a file is in its place' : code;
    throw new StateDirectoryError(
      `cannot make the state directory ${path} (${why}): name another with --state or $PERMAFROST_STATE`,
      { cause },
    );
  }
}
