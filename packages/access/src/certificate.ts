// Reading certificates. OpenSSL decides who signed what; the library reads the fields that Node
// does not offer, or only as text that would have to be taken apart again.
import { X509Certificate as OpensslCertificate } from 'node:crypto';
import * as x509 from './x509.ts';

/** Trust anchors: certificates of authorities, at least one. */
export type CaPool = readonly OpensslCertificate[];

const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Reads all certificates of a PEM text. Throws a CaPoolError if there is none, or no authority. */
export function readCaPool(pem: string): CaPool {
  const pool = (pem.match(PEM_CERTIFICATE) ?? []).map(readCertificate);
  if (pool.length === 0) throw new CaPoolError('no certificate in the pool of authorities');
  const other = pool.find(({ ca }) => !ca);
  if (other) throw new CaPoolError(`not the certificate of an authority: ${other.subject}`);
  return pool;
}

function readCertificate(pem: string): OpensslCertificate {
  try {
    return new OpensslCertificate(pem);
  } catch (cause) {
    throw new CaPoolError('unreadable certificate in the pool of authorities', { cause });
  }
}

/** The configured authorities cannot be used. Somebody has to correct the file. */
export class CaPoolError extends Error {
  readonly code = 'CA_POOL_UNUSABLE';

  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'CaPoolError';
  }
}

export function isValidAt({ validFromDate, validToDate }: OpensslCertificate, ms: number): boolean {
  return validFromDate.getTime() <= ms && ms <= validToDate.getTime();
}

/** Whether an authority of the pool that is valid at the time has itself signed the certificate. */
export function isIssuedFrom(pool: CaPool, certificate: OpensslCertificate, atMs: number): boolean {
  return pool.some(
    (ca) => isValidAt(ca, atMs) && certificate.checkIssued(ca) && certificate.verify(ca.publicKey),
  );
}

// Extensions that we either heed, or that only narrow what we do not do with the certificate.
const understood: readonly string[] = [
  '2.5.29.15', // key usage
  '2.5.29.17', // subject alternative name
  '2.5.29.19', // basic constraints
  '2.5.29.37', // extended key usage
];

/** What the holder of a certificate is meant to do with it. */
export type Purpose = Readonly<{
  organizationalUnits: readonly string[];
  /** Whether the key may sign what is not a certificate. Without a statement, it may not. */
  maySign: boolean;
  /** Whether there is a condition that we would have to heed, and do not know. */
  hasUnknownCondition: boolean;
}>;

/** Throws whatever the library throws if the certificate is stranger than OpenSSL minds. */
export function purposeOf({ raw }: OpensslCertificate): Purpose {
  const fields = fieldsOf(raw);
  const usages = fields.getExtension(x509.KeyUsagesExtension)?.usages ?? 0;
  return {
    organizationalUnits: fields.subjectName.getField('OU'),
    maySign: (usages & x509.KeyUsageFlags.digitalSignature) !== 0,
    hasUnknownCondition: fields.extensions.some(
      ({ critical, type }) => critical && !understood.includes(type),
    ),
  };
}

/**
 * The DNS names that the certificate of a TLS peer is for, given as DER: with gRPC,
 * `sslPeerCertificate.raw` of the call's auth context. TLS must have verified it already. Names
 * that cannot be read are none, so that a strange certificate opens nothing and breaks nothing.
 */
export function dnsNamesOf(der: Uint8Array): readonly string[] {
  try {
    const names = fieldsOf(der).getExtension(x509.SubjectAlternativeNameExtension)?.names.items;
    return (names ?? []).filter(({ type }) => type === 'dns').map(({ value }) => value);
  } catch {
    return [];
  }
}

function fieldsOf(der: Uint8Array): x509.X509Certificate {
  return new x509.X509Certificate(new Uint8Array(der));
}
