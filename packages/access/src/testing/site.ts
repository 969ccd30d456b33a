// A site with one authority, whose certificates and tokens a test can bend as it likes.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { Clock } from '@permafrost/workflow-core';
import { CompactSign } from 'jose';
import { createCa, issueCertificate, type KeyedCertificate } from '../issue-certificate.ts';
import type { CertificateRequest, Validity } from '../issue-certificate.ts';

export const NOW_MS: number = Date.parse('2026-03-01T12:00:00Z');
export const NOW_S: number = NOW_MS / 1000;

/** The clock of the site stands still. */
export const clock: Pick<Clock, 'nowMs'> = { nowMs: () => NOW_MS };

const DAY_MS = 86_400_000;
export const validity: Validity = { fromMs: NOW_MS - DAY_MS, toMs: NOW_MS + DAY_MS };

export type Site = Readonly<{ ca: KeyedCertificate; signer: KeyedCertificate }>;

export async function newSite(): Promise<Site> {
  const ca = await createCa('Test site', validity);
  return { ca, signer: await newSigner(ca) };
}

export async function newSigner(
  ca: KeyedCertificate,
  changes?: Partial<CertificateRequest>,
): Promise<KeyedCertificate> {
  return issueCertificate(ca, {
    commonName: 'Test tokens',
    organizationalUnits: ['nogfsoiam'],
    purpose: 'tokens',
    validity,
    ...changes,
  });
}

/** All claims that a token needs, and a scope for each kind of object. */
export const goodClaims: Readonly<Record<string, unknown>> = {
  iss: 'nogapp',
  aud: ['fso'],
  sub: 'alice',
  iat: NOW_S - 60,
  exp: NOW_S + 60,
  sc: [{ aa: ['fzr'], p: ['/data/foo'] }],
};

export type Token = Readonly<{ claims?: object; header?: object }>;

/** The good token with changes; a change to undefined leaves the field out. */
export async function newToken(signer: KeyedCertificate, token: Token = {}): Promise<string> {
  const claims = JSON.stringify({ ...goodClaims, ...token.claims });
  return new CompactSign(new TextEncoder().encode(claims))
    .setProtectedHeader({ alg: 'RS256', x5c: x5cOf(signer), ...token.header })
    .sign(createPrivateKey(signer.privateKey));
}

// jose knows the header as an array only; the Go system sends a text.
export function x5cOf({ certificate }: KeyedCertificate): never {
  return new X509Certificate(certificate).raw.toString('base64') as never;
}
