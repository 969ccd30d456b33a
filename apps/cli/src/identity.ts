// How the user shows who they are: certificate and token, which are read from files, so that no
// secret stands on a command line for others to see.
import { readFile } from 'node:fs/promises';
import { credentials, Metadata, type ChannelCredentials } from '@grpc/grpc-js';
import { wrongUsage, type Failure } from './failure.ts';

export type IdentityOptions = Readonly<{
  tlsCa?: string;
  tlsCert?: string;
  token?: string;
  /** Why regd is asked, for its record. */
  reason?: string;
}>;

/** Binary, so that it may hold any text. */
const REASON_KEY = 'permafrost-reason-bin';

/** What a channel and each of its calls carry. */
export type Identity = Readonly<{ credentials: ChannelCredentials; metadata: Metadata }>;

/** Throws a failure (wrong usage) if a file cannot be used, or a token would be sent in the clear. */
export async function readIdentity(options: IdentityOptions, address: string): Promise<Identity> {
  const isSocket = address.startsWith('unix:');
  const { tlsCa, tlsCert, token, reason } = options;
  const metadata = async (): Promise<Metadata> => withReason(await callerOf(token), reason);
  if (tlsCa !== undefined && tlsCert !== undefined && !isSocket) {
    return { credentials: await tlsCredentials(tlsCa, tlsCert), metadata: await metadata() };
  }
  if ((tlsCa ?? tlsCert) !== undefined) {
    throw wrongUsage('TLS needs three flags', 'Give --server HOST:PORT, --tls-ca and --tls-cert.');
  }
  if (token !== undefined && !isSocket) {
    throw wrongUsage('a token is sent over TLS only', 'Give --tls-ca and --tls-cert, too.');
  }
  return { credentials: credentials.createInsecure(), metadata: await metadata() };
}

/** Only the given authority is trusted, and none that the system may know. */
async function tlsCredentials(ca: string, cert: string): Promise<ChannelCredentials> {
  const own = await read(cert);
  const authority = await read(ca);
  try {
    return credentials.createSsl(authority, own, own);
  } catch (error) {
    throw unusable(`cannot use ${cert} and ${ca} for TLS`, error);
  }
}

async function callerOf(token: string | undefined): Promise<Metadata> {
  const metadata = new Metadata();
  if (token === undefined) return metadata;
  const text = (await read(token)).toString().trim();
  try {
    metadata.set('authorization', text);
  } catch (error) {
    throw unusable(`there is no token in ${token}`, error);
  }
  return metadata;
}

function withReason(metadata: Metadata, reason: string | undefined): Metadata {
  if (reason !== undefined) metadata.set(REASON_KEY, Buffer.from(reason));
  return metadata;
}

async function read(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    throw unusable(`cannot read ${file}`, error);
  }
}

function unusable(message: string, error: unknown): Failure {
  return wrongUsage(message, error instanceof Error ? `(${error.message})` : '');
}
