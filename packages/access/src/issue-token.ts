// Makes tokens that this system and the Go system take.
import { createPrivateKey, randomUUID, X509Certificate } from 'node:crypto';
import { SignJWT } from 'jose';
import { AUDIENCE, ISSUER, SAN_PREFIX } from './claims.ts';
import type { ScopeClaim } from './grant.ts';
import type { KeyedCertificate, Validity } from './issue-certificate.ts';

export type TokenRequest = Readonly<{
  subject: string;
  scopes: readonly ScopeClaim[];
  /** DNS names of the TLS peers that may use it; without any, whoever has it may. */
  san?: readonly string[];
  validity: Validity;
}>;

/** A bare compact JWT, signed by the holder of an RSA key. */
export async function issueToken(signer: KeyedCertificate, request: TokenRequest): Promise<string> {
  const { subject, scopes, san = [], validity } = request;
  const claims = {
    sc: scopes,
    ...(san.length > 0 && { san: san.map((name) => `${SAN_PREFIX}${name}`) }),
  };
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', ...x5cOf(signer) })
    .setIssuer(ISSUER)
    .setAudience([AUDIENCE])
    .setSubject(subject)
    .setJti(randomUUID())
    .setIssuedAt(Math.floor(validity.fromMs / 1000))
    .setExpirationTime(Math.floor(validity.toMs / 1000))
    .sign(createPrivateKey(signer.privateKey));
}

/** A plain string, which is all that the Go system takes; the type of jose knows the array only. */
function x5cOf({ certificate }: KeyedCertificate): object {
  return { x5c: new X509Certificate(certificate).raw.toString('base64') };
}
