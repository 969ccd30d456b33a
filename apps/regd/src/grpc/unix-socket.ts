// The socket file of a listener: taken over from a dead process, never from a live one.
import { lstatSync, rmSync } from 'node:fs';
import { connect, type Server } from 'node:net';
import { ListenAddressError } from './listen-address.ts';

/** As many as the kernel takes for the name of a socket. */
const PATH_BYTES_MAX = 107;

/** Makes the path free. Throws {@link ListenAddressError} if it cannot be had. */
export async function claimSocketPath(path: string): Promise<void> {
  const excess = Buffer.byteLength(path) - PATH_BYTES_MAX;
  if (excess > 0) {
    throw new ListenAddressError(
      `the path of the socket ${path} is ${excess} bytes longer than a socket can have: give a shorter one with --state or --listen unix:FILE`,
    );
  }
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (!stat) return;
  if (!stat.isSocket()) {
    throw new ListenAddressError(`${path} is there, and is no socket: name another, or move it`);
  }
  const refusal = await refusalAt(path);
  if (refusal === undefined) {
    throw new ListenAddressError(`another regd answers at ${path}: stop it first`);
  }
  if (!DEAD.includes(refusal)) {
    const who = `${path} belongs to a process that does not answer (${refusal})`;
    throw new ListenAddressError(`${who}: stop it first, or name another`);
  }
  rmSync(path, { force: true });
}

/**
 * Only of these is it certain that nobody has the socket any more: whoever is hung, or speaks another
 * protocol, refuses in other ways.
 */
const DEAD: readonly string[] = ['ECONNREFUSED', 'ENOENT'];

/** Why a connection is not taken; undefined if it is. */
function refusalAt(path: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const end = (refusal?: string): void => {
      socket.destroy();
      resolve(refusal);
    };
    socket.once('connect', () => end());
    socket.once('error', ({ code, message }: NodeJS.ErrnoException) => end(code ?? message));
  });
}

/** Binds so that the socket never exists with more rights than 0600, not for a moment. */
export function listenPrivately(server: Server, path: string): void {
  const umask = process.umask(0o177);
  try {
    // The file is made within this call; only the news of it comes later.
    server.listen({ path });
  } finally {
    process.umask(umask);
  }
}

/** What tells one socket file from another of the same name; undefined if there is none. */
export function socketIdentity(path: string): string | undefined {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  return stat && `${stat.dev}:${stat.ino}`;
}
