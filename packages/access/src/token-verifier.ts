// From the `authorization` of a call to the identity of the caller. jose checks the signature and
// the times; here its findings get the texts that clients of the Go system know.
import type { Clock } from '@permafrost/workflow-core';
import { errors, jwtVerify, type JWTPayload } from 'jose';
import { readCaPool } from './certificate.ts';
import { readClaims, type Identity } from './claims.ts';
import { UnauthenticatedError } from './errors.ts';
import { signingKey, type SigningTrust } from './signing-certificate.ts';

/** The unit whose certificate signs tokens, if nothing else is configured. */
export const DEFAULT_ORGANIZATIONAL_UNIT = 'nogfsoiam';

const ALGORITHMS = ['RS256', 'RS384', 'RS512'];

export type TokenVerifierOptions = Readonly<{
  /** PEM of the authorities that issue the certificates which sign tokens. */
  caPem: string;
  organizationalUnit?: string;
  clock: Pick<Clock, 'nowMs'>;
}>;

/** How a call shows who makes it. */
export type Credentials = Readonly<{
  /** A bare compact JWT: the first value of `authorization`, or undefined if there is none. */
  token: string | undefined;
  /** Of the verified certificate of the TLS peer, see dnsNamesOf; empty without a certificate. */
  peerDnsNames: readonly string[];
}>;

/** Resolves to who calls. Rejects with an UnauthenticatedError, whatever the token is. */
export type TokenVerifier = (credentials: Credentials) => Promise<Identity>;

/** Throws a CaPoolError if the authorities cannot be used. */
export function tokenVerifier(options: TokenVerifierOptions): TokenVerifier {
  const { caPem, organizationalUnit = DEFAULT_ORGANIZATIONAL_UNIT, clock } = options;
  const trust: SigningTrust = { pool: readCaPool(caPem), organizationalUnit };
  return async ({ token, peerDnsNames }) => {
    if (token === undefined) {
      throw new UnauthenticatedError('TOKEN_MISSING', 'missing GRPC authorization metadata');
    }
    const identity = readClaims(await verifiedPayload(token, trust, clock.nowMs()));
    checkPeer(identity, peerDnsNames);
    return identity;
  };
}

async function verifiedPayload(
  token: string,
  trust: SigningTrust,
  nowMs: number,
): Promise<JWTPayload> {
  checkForm(token);
  try {
    const { payload } = await jwtVerify(token, ({ x5c }) => signingKey(x5c, trust, nowMs), {
      algorithms: ALGORITHMS,
      currentDate: new Date(nowMs),
    });
    checkIssuedAt(payload, nowMs);
    return payload;
  } catch (error) {
    throw error instanceof errors.JOSEError ? unauthenticated(error) : error;
  }
}

/** Two faults that jose tells like any other, and that have a text of their own. */
function checkForm(token: string): void {
  if (/^bearer /i.test(token)) throw malformed("tokenstring should not contain 'bearer '");
  if (token.split('.').length !== 3) {
    throw malformed('token contains an invalid number of segments');
  }
}

/** jose looks at this claim only where a greatest age is asked for. */
function checkIssuedAt(payload: JWTPayload, nowMs: number): void {
  if (payload.iat !== undefined && payload.iat * 1000 > nowMs) {
    throw invalid('TOKEN_NOT_YET_VALID', 'Token used before issued', subjectOf({ payload }));
  }
}

/** A token that is bound to hosts is worth nothing to whoever copied it elsewhere. */
function checkPeer({ san, subject }: Identity, peerDnsNames: readonly string[]): void {
  if (san === undefined) return;
  const allowed = new Set(san.map((name) => name.toLowerCase()));
  if (peerDnsNames.some((name) => allowed.has(name.toLowerCase()))) return;
  throw new UnauthenticatedError(
    'TOKEN_OF_OTHER_PEER',
    'token claim `san` does not contain the name of the TLS peer',
    { subject },
  );
}

/** What jose found, in the words of the Go library. */
function unauthenticated(error: errors.JOSEError): UnauthenticatedError {
  const cause = { cause: error };
  if (error instanceof errors.JWTExpired) {
    return invalid('TOKEN_EXPIRED', 'Token is expired', { ...cause, ...subjectOf(error) });
  }
  if (error instanceof errors.JWTClaimValidationFailed) {
    const options = { ...cause, ...subjectOf(error) };
    return error.reason === 'check_failed'
      ? invalid('TOKEN_NOT_YET_VALID', 'Token is not valid yet', options)
      : invalid('TOKEN_CLAIM_WRONG', `malformed token claim \`${error.claim}\``, options);
  }
  if (error instanceof errors.JOSEAlgNotAllowed) {
    const text = 'rpc error: code = Unauthenticated desc = wrong JWT signing method';
    return invalid('TOKEN_UNTRUSTED', text, cause);
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) {
    return invalid('TOKEN_UNTRUSTED', 'crypto/rsa: verification error', cause);
  }
  return malformed('token is malformed', cause);
}

/** jose looks at claims only once it has verified the signature. What stands there may be anything. */
function subjectOf({
  payload: { sub },
}: Readonly<{ payload: Readonly<Record<string, unknown>> }>): {
  subject: string | undefined;
} {
  return { subject: typeof sub === 'string' ? sub : undefined };
}

function malformed(reason: string, options?: { cause?: unknown }): UnauthenticatedError {
  return invalid('TOKEN_MALFORMED', reason, options);
}

function invalid(
  code: UnauthenticatedError['code'],
  reason: string,
  options?: { cause?: unknown; subject?: string | undefined },
): UnauthenticatedError {
  return new UnauthenticatedError(code, `invalid token: ${reason}`, options);
}
