// Whom regd believes, and how it shows itself: certificates and authorities, read from files at the
// start and again on demand, so that what has ended can be replaced while regd runs.
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import type { Clock, Log } from '@permafrost/workflow-core';
import type { VerifyToken } from './authenticate.ts';

export type TlsFiles = Readonly<{
  /** regd's certificate, with those between it and its authority; and with its key if `key` is absent. */
  cert: string;
  key?: string;
  /** The authorities that issue the certificates of clients. */
  clientCa: string;
}>;

export type TrustFiles = Readonly<{
  /** The authorities that issue the certificates which sign tokens. */
  jwtCa: string;
  /** The organizational unit that such a certificate must have. */
  jwtOu?: string;
  /** Absent: no TLS. */
  tls?: TlsFiles;
}>;

/** A file of certificates or keys cannot be used. The message names it, and says why. */
export class TrustError extends Error {
  readonly code = 'TRUST_UNUSABLE';

  constructor(message: string, cause: unknown) {
    super(`${message}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.name = 'TrustError';
  }
}

export type TrustOptions = Readonly<{ clock: Pick<Clock, 'nowMs'>; log: Log }>;

export class Trust {
  readonly #files: TrustFiles;
  readonly #options: TrustOptions;
  readonly #listeners = new Set<() => void>();
  #verify: VerifyToken;
  #secureContext: SecureContextOptions | undefined;

  private constructor(files: TrustFiles, options: TrustOptions, content: Content) {
    this.#files = files;
    this.#options = options;
    this.#verify = content.verify;
    this.#secureContext = content.secureContext;
  }

  /** Rejects with a {@link TrustError}. */
  static async load(files: TrustFiles, options: TrustOptions): Promise<Trust> {
    return new Trust(files, options, await read(files, options));
  }

  /** Goes by the authorities as they were read last. */
  readonly verify: VerifyToken = (token, peerCertificate) => this.#verify(token, peerCertificate);

  /** What TLS shows and demands; undefined if there is to be no TLS. */
  get secureContext(): SecureContextOptions | undefined {
    return this.#secureContext;
  }

  /** Reads the files again. If they cannot be used, all stays as it is, and the log says why. */
  async reload(): Promise<void> {
    const { log } = this.#options;
    try {
      const content = await read(this.#files, this.#options);
      this.#verify = content.verify;
      this.#secureContext = content.secureContext;
      for (const listener of this.#listeners) listener();
      log.info({}, 'certificates read again');
    } catch (error) {
      log.error({ err: error }, 'certificates not read again; the old ones stay');
    }
  }

  /** Calls back after each change, until the returned function is called. */
  onReload(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

type Content = Readonly<{ verify: VerifyToken; secureContext: SecureContextOptions | undefined }>;

async function read({ jwtCa, jwtOu, tls }: TrustFiles, options: TrustOptions): Promise<Content> {
  return {
    verify: await readVerifier({ jwtCa, jwtOu }, options),
    secureContext: tls && (await readSecureContext(tls, options)),
  };
}

async function readVerifier(
  { jwtCa, jwtOu }: { jwtCa: string; jwtOu: string | undefined },
  { clock }: TrustOptions,
): Promise<VerifyToken> {
  // Loaded only where it is needed: it costs a start a fifth of a second.
  const { dnsNamesOf, tokenVerifier } = await import('@permafrost/access');
  const caPem = (await readBytes(jwtCa)).toString();
  const organizationalUnit = jwtOu === undefined ? {} : { organizationalUnit: jwtOu };
  const verify = usable(jwtCa, () => tokenVerifier({ caPem, ...organizationalUnit, clock }));
  return (token, certificate) =>
    verify({ token, peerDnsNames: certificate ? dnsNamesOf(certificate) : [] });
}

async function readSecureContext(
  { cert: certFile, key: keyFile = certFile, clientCa }: TlsFiles,
  { log }: TrustOptions,
): Promise<SecureContextOptions> {
  const cert = await readBytes(certFile);
  const key = await readBytes(keyFile);
  const ca = await readBytes(clientCa);
  // OpenSSL would take a file without any certificate for a pool of none.
  usable(clientCa, () => new X509Certificate(ca));
  const context = { cert, key, ca };
  usable(keyFile, () => createSecureContext(context));
  const { subject, validTo } = usable(certFile, () => new X509Certificate(cert));
  log.info({ certificate: subject, validTo }, 'certificate read');
  return context;
}

async function readBytes(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new TrustError(`cannot read ${file}`, cause);
  }
}

function usable<T>(file: string, use: () => T): T {
  try {
    return use();
  } catch (cause) {
    throw new TrustError(`cannot use ${file}`, cause);
  }
}
