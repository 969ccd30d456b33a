// Which entries a shadow repo tracks. Only the shadow's own files on `master-stub` decide: a
// `.gitignore` in the data belongs to its owner's git and hides nothing here.
import type { ByteString } from '../byte-string.ts';

/** What becomes of directories at the top, or with `ignore-most` of nearly everything. */
export type Tracking = 'enter-subdirs' | 'bundle-subdirs' | 'ignore-subdirs' | 'ignore-most';

export type Treatment = 'track' | 'bundle' | 'ignore';

const FORMS: ReadonlyMap<string, Tracking> = new Map<string, Tracking>([
  ['|', 'enter-subdirs'],
  ['/*/|/*/', 'bundle-subdirs'],
  ['/*/|', 'ignore-subdirs'],
  ['* !.gitignore !.gitattributes !.nogbundles !README.md !README.txt|', 'ignore-most'],
]);

const READMES = new Set(['README.md', 'README.txt']);

/** Undefined when the two files are in none of the four forms that programs write. */
export function trackingOf(gitignore: string, nogbundles: string): Tracking | undefined {
  const patterns = [gitignore, nogbundles].map((text) => text.split(/\s+/).filter(Boolean));
  return FORMS.get(patterns.map((words) => words.join(' ')).join('|'));
}

/** Names that git 2.48 and newer do not take into a tree, the second one only as a symlink. */
const NOT_IN_GIT = /^\.git(modules)?$/i;

/** Names of the shadow's own files and of git's. Data of such a name is counted, never tracked. */
export function isReserved(name: ByteString): boolean {
  return name.startsWith('.git') || name.startsWith('.nog');
}

/** What to do about an entry whose parent directory is tracked. */
export function treatmentOf(
  tracking: Tracking,
  entry: { name: ByteString; isDirectory: boolean; isAtTop: boolean },
): Treatment {
  if (isReserved(entry.name) || NOT_IN_GIT.test(entry.name)) return 'ignore';
  const isSubdir = entry.isDirectory && entry.isAtTop;
  switch (tracking) {
    case 'enter-subdirs':
      return 'track';
    case 'bundle-subdirs':
      return isSubdir ? 'bundle' : 'track';
    case 'ignore-subdirs':
      return isSubdir ? 'ignore' : 'track';
    case 'ignore-most':
      return READMES.has(entry.name) ? 'track' : 'ignore';
  }
}
