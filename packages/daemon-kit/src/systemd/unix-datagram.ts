// Datagrams over Unix sockets, which systemd listens for and Node does not have.
import { getSystemErrorName } from 'node:util';
import koffi, { type LibraryHandle } from 'koffi';

const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const SOCK_CLOEXEC = 0o2000000;
/** `sun_path`, with the zero at its end. */
const PATH_BYTES = 108;

type Socket = (family: number, type: number, protocol: number) => number;

export const libc: LibraryHandle = koffi.load(null);
const socket = libc.func('int socket(int, int, int)') as Socket;

/** Its descriptor. No process that the daemon starts inherits it. */
export function datagramSocket(): number {
  return orThrow(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
}

/** What a system call returned; throws with the name of its error, such as `ENOENT`. */
export function orThrow(result: number): number {
  if (result < 0) throw new Error(getSystemErrorName(-koffi.errno()));
  return result;
}

/** The `sockaddr_un` of a path, or of a name without a file if it begins with `@`. */
export function unixAddress(name: string): Buffer {
  if (!/^[/@]./.test(name)) throw new Error('neither a path nor @NAME');
  const path = Buffer.from(name.startsWith('@') ? `\0${name.slice(1)}` : `${name}\0`);
  if (path.length > PATH_BYTES) throw new Error('too long');
  // The family comes in the byte order of the machine.
  return Buffer.concat([Buffer.from(Uint16Array.of(AF_UNIX).buffer), path]);
}
