// Where a secret is: in a file, or among the credentials that systemd has loaded for the unit, and that
// only its service can read. A file of settings cannot name those by path, which only systemd knows.
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import { InvalidArgumentError } from 'commander';

/** `credential:NAME`, by the rules of systemd for names. */
const CREDENTIAL = /^credential:(?!\.{1,2}$)([^/:]+)$/;

/**
 * For flags that name a file: `credential:NAME` becomes the path of that credential, all else stays.
 * Throws what commander takes for wrong usage if there is no such credential, with what to do.
 */
export function fileOrCredential(text: string): string {
  if (!text.startsWith('credential:')) return text;
  const [, name] = CREDENTIAL.exec(text) ?? [];
  if (name === undefined) throw new InvalidArgumentError('not credential:NAME');
  const directory = process.env['CREDENTIALS_DIRECTORY'];
  const remedy = `Put LoadCredential=${name}:/path/to/file into the unit, and restart it.`;
  if (!directory) {
    throw new InvalidArgumentError(`systemd has loaded no credentials here. ${remedy}`);
  }
  const path = join(directory, name);
  try {
    accessSync(path, constants.R_OK);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    throw new InvalidArgumentError(`cannot read ${path} (${code}). ${remedy}`);
  }
  return path;
}
