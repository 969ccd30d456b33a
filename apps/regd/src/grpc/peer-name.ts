// The name by which gRPC calls the other end of a connection. It asks the socket for an address, and a
// Unix socket has none: so the user that the kernel names takes its place. Nobody who comes over TCP
// can have such a name, since there the address is one of IP.
import type { Socket } from 'node:net';

const UNIX = /^unix:uid=(\d+)$/;

/** To be called before gRPC gets the socket. */
export function nameUnixPeer(socket: Socket, uid: number): void {
  Object.defineProperty(socket, 'remoteAddress', { value: `unix:uid=${uid}` });
}

/** The machine or user at the other end, whichever of its connections it is. */
export function peerAddress(peer: string): string {
  return peer.replace(/:\d+$/, '');
}

/** The user at the other end, if that is a Unix socket and the kernel told. */
export function uidOfPeer(peer: string): number | undefined {
  const [, uid] = UNIX.exec(peer) ?? [];
  return uid === undefined ? undefined : Number(uid);
}
