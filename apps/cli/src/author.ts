// Who a change is recorded for.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Author } from '@permafrost/events';
import { wrongUsage } from './failure.ts';

const AUTHOR = /^([^<]+)\s<([^>]+)>$/;

/** How to write an author, for messages and help. */
export const AUTHOR_EXAMPLE = 'A U Thor <author@example.org>';

/** Reads `A U Thor <author@example.org>`. Undefined if it is nothing like that. */
export function parseAuthor(text: string): Author | undefined {
  const [, name, email] = AUTHOR.exec(text) ?? [];
  const isGiven = name !== undefined && email !== undefined && name.trim() !== '';
  return isGiven ? { name: name.trim(), email: email.trim() } : undefined;
}

/** The author that git would take. Throws a failure (wrong usage) if git knows none. */
export async function gitAuthor(): Promise<Author> {
  const [name, email] = await Promise.all([gitConfig('user.name'), gitConfig('user.email')]);
  if (name === '' || email === '') {
    throw wrongUsage(
      'nobody is named as the author, and git does not know who you are',
      `Give --author '${AUTHOR_EXAMPLE}', or set user.name and user.email in git.`,
    );
  }
  return { name, email };
}

/** A value of git's configuration; empty if it is not set, or if there is no git. */
async function gitConfig(key: string): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)('git', ['config', '--get', key]);
    return stdout.trim();
  } catch {
    return '';
  }
}
