// The ways into regd: which addresses there are, and how those who come through them are known.
import { isLocal, ListenAddressError, targetOf } from '../grpc/listen-address.ts';
import type { ListenAddress } from '../grpc/listen-address.ts';
import { heedToken, requireToken, trustSocket, type Authenticate } from './authenticate.ts';
import type { Trust } from './trust.ts';

export type Entrance = Readonly<{
  addresses: readonly ListenAddress[];
  authenticate: Authenticate;
  /** Only with TLS, by these certificates. */
  tls?: Trust;
}>;

export type EntranceOptions = Readonly<{
  listen: readonly ListenAddress[];
  trust?: Trust | undefined;
  /** Also of those who come through a socket, or from this machine without TLS. */
  isTokenRequired?: boolean;
}>;

/**
 * With certificates, every port speaks TLS and wants a token. Throws a {@link ListenAddressError} for
 * a port that others can reach, if there are none.
 */
export function entrancesFor(options: EntranceOptions): readonly Entrance[] {
  const { listen, trust, isTokenRequired = false } = options;
  const tls = trust?.secureContext && trust;
  const secured = tls ? listen.filter(({ kind }) => kind === 'tcp') : [];
  const plain = listen.filter((address) => !secured.includes(address));
  plain.forEach(refuseForeign);
  return [
    { addresses: plain, authenticate: withoutTls(trust, isTokenRequired) },
    ...(tls ? [{ addresses: secured, authenticate: requireToken(tls.verify), tls }] : []),
  ];
}

function withoutTls(trust: Trust | undefined, isTokenRequired: boolean): Authenticate {
  if (trust) return isTokenRequired ? requireToken(trust.verify) : heedToken(trust.verify);
  return trustSocket;
}

function refuseForeign(address: ListenAddress): void {
  if (isLocal(address)) return;
  throw new ListenAddressError(
    `${targetOf(address)} is not on this machine alone: that needs TLS. Give --tls-cert, --tls-client-ca and --jwt-ca, or use 127.0.0.1, [::1] or a Unix socket.`,
  );
}
