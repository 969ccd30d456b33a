import { isIP } from 'node:net';
import { tcpAddressOf, tcpAddressText } from '@permafrost/daemon-kit';

/** Where regd can be reached: a Unix socket, or a TCP port of this machine. */
export type ListenAddress = Readonly<
  { kind: 'unix'; path: string } | { kind: 'tcp'; host: string; port: number }
>;

/** A `--listen` value that cannot be used. The message says why, and what to give instead. */
export class ListenAddressError extends Error {
  readonly code = 'LISTEN_ADDRESS_REFUSED';

  constructor(message: string) {
    super(message);
    this.name = 'ListenAddressError';
  }
}

const LOOPBACK = /^(?:127(?:\.\d{1,3}){3}|::1)$/;

/** Reads `unix:FILE` or `HOST:PORT`. Throws {@link ListenAddressError}. */
export function parseListenAddress(text: string): ListenAddress {
  if (text.startsWith('unix:')) {
    // Both forms of a gRPC target are taken: unix:FILE and unix:///FILE.
    const path = text.slice('unix:'.length).replace(/^\/\/\//, '/');
    if (path === '') throw new ListenAddressError('unix: needs the path of a socket');
    return { kind: 'unix', path };
  }
  const address = tcpAddressOf(text);
  if (!address) throw new ListenAddressError(`${text} is neither unix:FILE nor HOST:PORT`);
  if (isIP(address.host) === 0) {
    throw new ListenAddressError(`${text} names a host: give one of the addresses of this machine`);
  }
  return { kind: 'tcp', ...address };
}

/** Whether only this machine can reach the address. */
export function isLocal(address: ListenAddress): boolean {
  return address.kind === 'unix' || LOOPBACK.test(address.host);
}

/** The address as a gRPC client writes it. */
export function targetOf(address: ListenAddress): string {
  return address.kind === 'unix' ? `unix:${address.path}` : tcpAddressText(address);
}
