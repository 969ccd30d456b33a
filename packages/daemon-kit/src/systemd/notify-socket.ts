// Where systemd listens for what its services tell.
import { Fault } from '@permafrost/events';
import { datagramSocket, libc, orThrow, unixAddress } from './unix-datagram.ts';

const MSG_NOSIGNAL = 0x4000;

type SendTo = (fd: number, data: Buffer, bytes: number, flags: number, ...to: Address) => number;
type Address = [address: Buffer, bytes: number];

/** systemd cannot be told anything: `$NOTIFY_SOCKET` names no socket on which it listens. */
export class NotifySocketError extends Fault {
  readonly code = 'NOTIFY_SOCKET_UNUSABLE';
  readonly retry = 'never';
}

export type Send = (text: string) => void;

/** Sends to the socket that `$NOTIFY_SOCKET` names. Both throw {@link NotifySocketError}. */
export function openNotifySocket(name: string): Send {
  const sendto = libc.func(
    'intptr_t sendto(int, const void *, size_t, int, const void *, uint32_t)',
  ) as SendTo;
  return usable(name, () => {
    const address = unixAddress(name);
    const fd = datagramSocket();
    return (text) =>
      usable(name, () => {
        const data = Buffer.from(text);
        orThrow(sendto(fd, data, data.length, MSG_NOSIGNAL, address, address.length));
      });
  });
}

function usable<T>(name: string, use: () => T): T {
  try {
    return use();
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    throw new NotifySocketError(`cannot use the socket of systemd, ${name}: ${cause}`, {
      cause: error,
    });
  }
}
