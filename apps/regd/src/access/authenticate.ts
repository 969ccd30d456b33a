// From a call to who makes it. Which of these applies is a property of the address on which the
// connection came in, and of nothing that a client can say.
import type { Metadata, ServerUnaryCall } from '@grpc/grpc-js';
import type { Identity } from '@permafrost/access/rights';
import { holderOf, trusted, type Caller } from './caller.ts';

/** What a call shows of its caller before its request is looked at. */
export type Presented = Readonly<{ metadata: Metadata }> &
  Pick<ServerUnaryCall<unknown, unknown>, 'getPeer' | 'getAuthContext'>;

/** Resolves to who calls, or rejects with an UnauthenticatedError. */
export type Authenticate = (call: Presented) => Promise<Caller>;

/** Verifies a token with the certificate, in DER, of the TLS peer that sent it. */
export type VerifyToken = (
  token: string | undefined,
  peerCertificate: Uint8Array | undefined,
) => Promise<Identity>;

/** For a socket that only those can open who may do everything. */
export const trustSocket: Authenticate = () => Promise.resolve(trusted);

/** Every call needs a token. */
export function requireToken(verify: VerifyToken): Authenticate {
  return async (call) => {
    // Of several values only the first counts, as in the Go system.
    const token = call.metadata.get('authorization')[0]?.toString();
    return holderOf(await verify(token, call.getAuthContext().sslPeerCertificate?.raw));
  };
}

/** Whoever shows a token is held to it; whoever shows none is trusted. */
export function heedToken(verify: VerifyToken): Authenticate {
  const holder = requireToken(verify);
  return (call) =>
    call.metadata.get('authorization').length > 0 ? holder(call) : trustSocket(call);
}
