// Finds out which commit a git repository in the data has checked out, by reading its files. git
// itself is not run there: its configuration belongs to whoever owns the data, and may name
// programs to run. Nor is a symlink followed, on whatever way to a file: it could lead to a device.
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { FilesFault, isWithin } from '@permafrost/workflow-core';
import { rawOf, type ByteString } from '../byte-string.ts';
import { placeOf } from '../tree/top.ts';
import { Directory } from './directory.ts';

/** Packed refs of a very large repository take some megabytes. */
const FILE_BYTES_MAX = 64 * 1024 * 1024;

/** A symbolic ref, no longer than a path can be, of which it becomes the end. */
const SYMBOLIC_REF = /^ref: (refs\/[^\0\n]{1,4000})$/;

/**
 * The commit that the repository in this directory has checked out, 40 hex digits. Undefined when
 * there is none: no repository, an unborn branch, SHA-256 ids, refs that are not kept in files, or
 * a git directory outside of `top`. Such a directory is tracked like any other, which records more
 * of it, not less.
 */
export function headOf(directory: Directory, top: Directory): string | undefined {
  using gitDir = gitDirOf(directory, top);
  if (gitDir === undefined) return undefined;
  const head = fileBelow(gitDir, 'HEAD')?.trimEnd() ?? '';
  const [, ref] = SYMBOLIC_REF.exec(head) ?? [];
  if (ref === undefined) return idOf(head);
  // A ref name never has a component of dots; this one would lead out of the git directory.
  if (ref.split('/').some((part) => part === '' || part === '.' || part === '..')) return undefined;
  return idOf(fileBelow(gitDir, ref)?.trimEnd()) ?? packedId(gitDir, ref);
}

function gitDirOf(directory: Directory, top: Directory): Directory | undefined {
  switch (directory.lstat('.git')?.kind) {
    case 'directory':
      return unlessUnreadable(() => directory.openChild('.git'));
    case 'file': {
      // A submodule: the file says where its git directory is.
      const [, target] = /^gitdir: ([^\0\n]+)\n*$/.exec(fileBelow(directory, '.git') ?? '') ?? [];
      return target === undefined ? undefined : openWithin(directory, top, target);
    }
    case 'link':
    case 'other':
    case undefined:
      return undefined;
  }
}

/** Wherever the way has led in the end, it is the open directory that must lie below the top. */
function openWithin(
  directory: Directory,
  top: Directory,
  target: ByteString,
): Directory | undefined {
  if (target.startsWith('/')) return undefined;
  const opened = unlessUnreadable(() => Directory.open(`${directory.anchor}/${target}`));
  if (opened === undefined || isWithin(placeOf(opened.descriptor), placeOf(top.descriptor)))
    return opened;
  opened[Symbol.dispose]();
  return undefined;
}

function packedId(gitDir: Directory, ref: string): string | undefined {
  const lines = fileBelow(gitDir, 'packed-refs')?.split('\n') ?? [];
  return idOf(lines.find((line) => line.slice(41) === ref)?.slice(0, 40));
}

function idOf(text: string | undefined): string | undefined {
  return text !== undefined && /^[0-9a-f]{40}$/.test(text) ? text : undefined;
}

/**
 * The content of a file below a directory, by its plain path from there. Undefined when it cannot
 * be read: a repository that is broken or in motion has no head.
 */
function fileBelow(directory: Directory, path: ByteString): ByteString | undefined {
  const slash = path.indexOf('/');
  if (slash < 0) return readSmallFile(directory, path);
  using child = unlessUnreadable(() => directory.openChild(path.slice(0, slash)));
  return child && fileBelow(child, path.slice(slash + 1));
}

function unlessUnreadable(open: () => Directory | undefined): Directory | undefined {
  try {
    return open();
  } catch (error) {
    if (error instanceof FilesFault) return undefined;
    throw error;
  }
}

function readSmallFile(directory: Directory, name: ByteString): ByteString | undefined {
  let descriptor: number;
  try {
    // What is no file is not even opened: for a device that may be enough to do something.
    if (directory.lstat(name)?.kind !== 'file') return undefined;
    // Non-blocking, since a fifo that has come in its place would hold the daemon for ever.
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
    descriptor = openSync(rawOf(`${directory.anchor}/${name}`), flags);
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
