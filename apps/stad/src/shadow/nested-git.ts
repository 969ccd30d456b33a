// Finds out which commit a git repository in the data has checked out, by reading its files. git
// itself is not run there: its configuration belongs to whoever owns the data, and may name
// programs to run.
import { closeSync, constants, fstatSync, openSync, readFileSync, realpathSync } from 'node:fs';
import { rawOf, type ByteString } from '../byte-string.ts';
import type { Directory } from './directory.ts';

/** Packed refs of a very large repository take some megabytes. */
const FILE_BYTES_MAX = 64 * 1024 * 1024;

/**
 * The commit that the repository in this directory has checked out, 40 hex digits. Undefined when
 * there is none: no repository, an unborn branch, SHA-256 ids, refs that are not kept in files, or
 * a git directory outside of `top`. Such a directory is tracked like any other, which records more
 * of it, not less.
 */
export function headOf(directory: Directory, top: Directory): string | undefined {
  const gitDir = gitDirOf(directory, top);
  if (gitDir === undefined) return undefined;
  const head = readSmallFile(`${gitDir}/HEAD`)?.trimEnd() ?? '';
  const [, ref] = /^ref: (refs\/[^\0\n]+)$/.exec(head) ?? [];
  if (ref === undefined) return idOf(head);
  // A ref name never has a component of dots; this one would lead out of the git directory.
  if (ref.split('/').some((part) => part === '' || part === '.' || part === '..')) return undefined;
  return idOf(readSmallFile(`${gitDir}/${ref}`)?.trimEnd()) ?? packedId(gitDir, ref);
}

function gitDirOf(directory: Directory, top: Directory): ByteString | undefined {
  const stats = directory.lstat('.git');
  if (stats === undefined) return undefined;
  const path = `${directory.anchor}/.git`;
  switch (stats.kind) {
    case 'directory':
      return path;
    case 'file': {
      // A submodule: the file says where its git directory is.
      const [, target] = /^gitdir: ([^\0\n]+)\n*$/.exec(readSmallFile(path) ?? '') ?? [];
      return target === undefined ? undefined : realPathWithin(directory, top, target);
    }
    case 'link':
    case 'other':
      return undefined;
  }
}

function realPathWithin(
  directory: Directory,
  top: Directory,
  target: ByteString,
): ByteString | undefined {
  if (target.startsWith('/')) return undefined;
  try {
    // The native one follows the anchor before it takes `..` back.
    const realPathOf = (path: string): ByteString => realpathSync.native(rawOf(path), 'latin1');
    const real = realPathOf(`${directory.anchor}/${target}`);
    return real.startsWith(`${realPathOf(top.anchor)}/`) ? real : undefined;
  } catch {
    return undefined;
  }
}

function packedId(gitDir: string, ref: string): string | undefined {
  const lines = readSmallFile(`${gitDir}/packed-refs`)?.split('\n') ?? [];
  return idOf(lines.find((line) => line.slice(41) === ref)?.slice(0, 40));
}

function idOf(text: string | undefined): string | undefined {
  return text !== undefined && /^[0-9a-f]{40}$/.test(text) ? text : undefined;
}

/** Undefined when it cannot be read: a repository that is broken or in motion has no head. */
function readSmallFile(path: ByteString): ByteString | undefined {
  let descriptor: number;
  try {
    // Non-blocking, since a fifo of this name would otherwise hold the daemon for ever.
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
    descriptor = openSync(rawOf(path), flags);
  } catch {
    return undefined;
  }
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isFile() || stats.size > FILE_BYTES_MAX) return undefined;
    return readFileSync(descriptor, 'latin1');
  } catch {
    return undefined;
  } finally {
    closeSync(descriptor);
  }
}
