// Where an installation keeps its state, and what lies in it. Scripts rely on these names.
import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

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

/** Makes the directory, for this user alone, if it is not there. Throws what mkdir(2) says. */
export function makeStateDirectory({ path }: StateDirectory): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
}
