// Who may sign tokens: the holder of a certificate that comes with each token, in its header `x5c`.
import { X509Certificate, type KeyObject } from 'node:crypto';
import { isIssuedFrom, isValidAt, purposeOf, type CaPool } from './certificate.ts';
import { UnauthenticatedError } from './errors.ts';

/** Whom to believe. */
export type SigningTrust = Readonly<{
  pool: CaPool;
  /** The certificate must be of exactly this one unit, so that no other certificate can sign. */
  organizationalUnit: string;
}>;

const RSA_BITS_MIN = 2048;

/**
 * The key of the certificate in `x5c`, if that certificate may sign tokens at this time; else an
 * UnauthenticatedError. The Go system sends a plain string, RFC 7515 asks for an array; of an array
 * only the first counts, since a token must not bring its own authorities.
 */
export function signingKey(x5c: unknown, trust: SigningTrust, atMs: number): KeyObject {
  const certificate = parse(x5c);
  if (!isValidAt(certificate, atMs)) {
    throw untrusted('invalid x5c header: x509: certificate has expired or is not yet valid');
  }
  if (!isIssuedFrom(trust.pool, certificate, atMs)) {
    throw untrusted('invalid x5c header: x509: certificate signed by unknown authority');
  }
  checkPurpose(certificate, trust.organizationalUnit);
  return checkedKey(certificate);
}

function parse(x5c: unknown): X509Certificate {
  const text: unknown = Array.isArray(x5c) ? x5c[0] : x5c;
  if (typeof text !== 'string') throw untrusted('missing JWT x5c header');
  const der = Buffer.from(text, 'base64');
  // Node skips what is no base64. An unskipped text comes out as it went in.
  if (der.toString('base64') !== text) throw untrusted('malformed JWT x5c header');
  return readable(() => new X509Certificate(der));
}

function readable<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw untrusted('malformed JWT x5c header', { cause });
  }
}

function checkPurpose(certificate: X509Certificate, organizationalUnit: string): void {
  const purpose = readable(() => purposeOf(certificate));
  if (purpose.hasUnknownCondition) {
    throw untrusted('invalid x5c header: x509: unhandled critical extension');
  }
  if (!purpose.maySign) throw untrusted('JWT x5c key usage does not include signing');
  const [unit, ...others] = purpose.organizationalUnits;
  if (unit !== organizationalUnit || others.length > 0) {
    throw untrusted('JWT x5c header has wrong X.509 OU');
  }
}

function checkedKey({ publicKey }: X509Certificate): KeyObject {
  const bits = publicKey.asymmetricKeyDetails?.modulusLength ?? 0;
  if (publicKey.asymmetricKeyType !== 'rsa' || bits < RSA_BITS_MIN) {
    throw untrusted(`JWT x5c key is not RSA with ${RSA_BITS_MIN} bits or more`);
  }
  return publicKey;
}

/** The Go system tells faults of this header as an error of gRPC within the error of the token. */
function untrusted(text: string, options?: { cause?: unknown }): UnauthenticatedError {
  const nested = `rpc error: code = Unauthenticated desc = ${text}`;
  return new UnauthenticatedError('TOKEN_UNTRUSTED', `invalid token: ${nested}`, options);
}
