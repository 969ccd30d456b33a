// Where an authority is kept: one directory. Whoever reads it can become anybody, so it belongs on
// no machine that serves others, and its files are for their owner only.
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Clock } from '@permafrost/workflow-core';
import { AuthorityError, malformedRequest } from './authority-error.ts';
import { authorityOf, SLACK_MS, type Authority } from './authority.ts';
import { createCa, issueCertificate, type KeyedCertificate } from './issue-certificate.ts';
import { writeSecret } from './secret-file.ts';
import { DEFAULT_ORGANIZATIONAL_UNIT } from './token-verifier.ts';

const LIFETIME_MS = 3650 * 86_400_000;

const CA_CERTIFICATE = 'ca.pem';
const CA_KEY = 'ca.key';
/** The certificate and the key that sign tokens. */
const TOKEN_SIGNER = 'jwt.pem';

const ownFiles: readonly string[] = [CA_CERTIFICATE, TOKEN_SIGNER];

/**
 * Makes the directory with `ca.pem`, `ca.key` and `jwt.pem`: all of it, or nothing. Rejects with
 * AUTHORITY_EXISTS if the directory is there and not empty.
 */
export async function createAuthority(
  dir: string,
  { name, clock }: { name: string; clock: Pick<Clock, 'nowMs'> },
): Promise<Authority> {
  const nowMs = clock.nowMs();
  const validity = { fromMs: nowMs - SLACK_MS, toMs: nowMs + LIFETIME_MS };
  const ca = await createCa(name, validity);
  const tokenSigner = await issueCertificate(ca, {
    commonName: `${name} tokens`,
    organizationalUnits: [DEFAULT_ORGANIZATIONAL_UNIT],
    purpose: 'tokens',
    validity,
  });
  await writeDirectory(resolve(dir), {
    [CA_CERTIFICATE]: ca.certificate,
    [CA_KEY]: ca.privateKey,
    [TOKEN_SIGNER]: combined(tokenSigner),
  });
  return openAuthority(dir, { clock });
}

/**
 * Opens what createAuthority has made, or rejects with AUTHORITY_UNREADABLE. Certificates that it
 * issues are kept in the same directory, as `<name>.pem`.
 */
export async function openAuthority(
  dir: string,
  { clock }: { clock: Pick<Clock, 'nowMs'> },
): Promise<Authority> {
  const certificate = await readText(join(dir, CA_CERTIFICATE));
  const privateKey = await readText(join(dir, CA_KEY));
  const both = await readText(join(dir, TOKEN_SIGNER));
  const keys = {
    ca: { certificate, privateKey },
    // Of a file with several parts, a reader of PEM takes the part that it looks for.
    tokenSigner: { certificate: both, privateKey: both },
  };
  const keep = async (name: string, issued: KeyedCertificate): Promise<string> => {
    const file = `${name}.pem`;
    if (ownFiles.includes(file)) throw malformedRequest(`${file} is the authority's own`);
    await writeSecret(join(dir, file), combined(issued));
    return join(dir, file);
  };
  return authorityOf(keys, { clock, keep });
}

function combined({ certificate, privateKey }: KeyedCertificate): string {
  return certificate + privateKey;
}

/** The directory appears by its renaming, so that there is never half an authority. */
async function writeDirectory(dir: string, files: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(dirname(dir), { recursive: true });
  const draft = await mkdtemp(`${dir}.`);
  try {
    for (const [file, text] of Object.entries(files)) await writeSecret(join(draft, file), text);
    await rename(draft, dir);
  } catch (cause) {
    if (!isOccupied(cause)) throw cause;
    throw new AuthorityError('AUTHORITY_EXISTS', `${dir} exists and is not empty`, { cause });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

function isOccupied(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOTEMPTY' || code === 'EEXIST' || code === 'ENOTDIR';
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new AuthorityError('AUTHORITY_UNREADABLE', `cannot read ${path}`, { cause });
  }
}
