// Makes keys and certificates. Pure but for randomness; files are another's business.
import { createPrivateKey, KeyObject, randomBytes, type webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import * as x509 from './x509.ts';

/** PEM, both. */
export type KeyedCertificate = Readonly<{ certificate: string; privateKey: string }>;

/** Unix milliseconds; certificates and tokens keep whole seconds. */
export type Validity = Readonly<{ fromMs: number; toMs: number }>;

export type CertificateRequest = Readonly<{
  commonName: string;
  organizationalUnits?: readonly string[];
  /** DNS names and IP addresses. */
  hosts?: readonly string[];
  /** `tokens`: an RSA key, since the algorithms of tokens want one. */
  purpose: 'server' | 'client' | 'tokens';
  validity: Validity;
}>;

const EC = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const RSA = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  modulusLength: 3072,
  publicExponent: new Uint8Array([1, 0, 1]),
} as const;

const extendedUsages = {
  server: [x509.ExtendedKeyUsage.serverAuth],
  client: [x509.ExtendedKeyUsage.clientAuth],
  tokens: [],
} as const;

/** A new authority, which signs its own certificate, and no other authority's. */
export async function createCa(commonName: string, validity: Validity): Promise<KeyedCertificate> {
  const keys = await newKeys(EC);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: [{ CN: [commonName] }],
    ...dates(validity),
    signingAlgorithm: EC,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return keyed(certificate, keys);
}

/** A new key with a certificate that is signed by the authority. */
export async function issueCertificate(
  ca: KeyedCertificate,
  request: CertificateRequest,
): Promise<KeyedCertificate> {
  const authority = new x509.X509Certificate(ca.certificate);
  const keys = await newKeys(request.purpose === 'tokens' ? RSA : EC);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    // As it is in the other certificate, since the two are compared byte by byte.
    issuer: authority.subjectName,
    subject: [
      { CN: [request.commonName] },
      ...(request.organizationalUnits ?? []).map((unit) => ({ OU: [unit] })),
    ],
    ...dates(request.validity),
    publicKey: keys.publicKey,
    signingKey: createPrivateKey(ca.privateKey).toCryptoKey(EC, false, ['sign']),
    signingAlgorithm: EC,
    extensions: [
      ...extensionsOf(request),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(authority),
    ],
  });
  return keyed(certificate, keys);
}

function extensionsOf({ purpose, hosts = [] }: CertificateRequest): x509.Extension[] {
  const extended = extendedUsages[purpose];
  return [
    new x509.BasicConstraintsExtension(false, undefined, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
    ...(extended.length > 0 ? [new x509.ExtendedKeyUsageExtension([...extended])] : []),
    ...(hosts.length > 0 ? [new x509.SubjectAlternativeNameExtension(hosts.map(hostName))] : []),
  ];
}

function hostName(host: string): x509.JsonGeneralNames[number] {
  return { type: isIP(host) === 0 ? 'dns' : 'ip', value: host };
}

async function newKeys(algorithm: typeof EC | typeof RSA): Promise<webcrypto.CryptoKeyPair> {
  return crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

function dates({ fromMs, toMs }: Validity): { notBefore: Date; notAfter: Date } {
  return { notBefore: new Date(fromMs), notAfter: new Date(toMs) };
}

/** Positive, and never twice the same. */
function serialNumber(): string {
  return `01${randomBytes(15).toString('hex')}`;
}

function keyed(
  certificate: x509.X509Certificate,
  { privateKey }: webcrypto.CryptoKeyPair,
): KeyedCertificate {
  const key = KeyObject.from(privateKey);
  return {
    certificate: `${certificate.toString('pem')}\n`,
    privateKey: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}
