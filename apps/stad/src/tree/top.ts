// Opens the top of a tree, and refuses what must not be touched, before anything is changed.
import { close, readlinkSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { isAbsolute, resolve } from 'node:path';
import { promisify } from 'node:util';
import { FilesFault, isWithin, rebase, type FilesFaultCode } from '@permafrost/workflow-core';
import { bytesOfText } from '../byte-string.ts';
import { openDirectory } from './directory-handles.ts';
import { errnoOrThrow } from './errno.ts';
import { listMounts, mountIdOf, MountTable, type Mount } from './mounts.ts';
import { byteName, type ByteName, printablePath, printed } from './names.ts';

const closeAsync = promisify(close);

export type Top = Readonly<{
  fd: number;
  /** The mount that it came through, if the kernel tells of it. */
  mount: Mount | undefined;
  /** The mount points below it, as absolute paths. */
  mountPoints: ReadonlySet<ByteName>;
}>;

export type TopOptions = Readonly<{
  isReadOnly?: boolean;
  /** A directory at or above the path, from which on no symlink may lead to it; absent: any may. */
  hostRoot?: string | undefined;
}>;

/**
 * Opens the directory `path`, which must not be a symlink itself, must lie below one of `roots`
 * if there are any, and must be writable as far as its mount goes, unless nothing shall be changed.
 * Throws {@link FilesFault}. Where it lies is asked of the open descriptor, so that no later rename
 * can make the answer wrong.
 */
export async function openTop(
  path: string,
  roots: readonly string[],
  { isReadOnly = false, hostRoot }: TopOptions = {},
): Promise<Top> {
  const shown = printablePath(path);
  const fd = await openAbsolute(path, shown);
  try {
    const place = placeOf(fd);
    await assertBelowRoots(shown, place, roots);
    if (hostRoot !== undefined) await assertInPlace(path, place, hostRoot);
    const mounts = listMounts();
    const mountId = mountIdOf(fd);
    const mount = mounts.find(({ id }) => id === mountId);
    if (!isReadOnly) assertWritable(path, mount);
    return { fd, mount, mountPoints: mountPointsBelow(place, mounts) };
  } catch (error) {
    await closeAsync(fd);
    throw error;
  }
}

/** Throws {@link FilesFault} when the mount that leads to `path` lets nothing be changed. */
export function assertWritable(path: string, mount: Mount | undefined): void {
  if (!mount?.readOnly) return;
  const message = `${printablePath(path)} is on a file system that is mounted read-only`;
  throw refuse('FILES_READ_ONLY', message);
}

/** Where the open directory lies now. */
export function placeOf(fd: number): ByteName {
  return readlinkSync(`/proc/self/fd/${fd}`, 'latin1');
}

function mountPointsBelow(place: ByteName, mounts: readonly Mount[]): ReadonlySet<ByteName> {
  const points = mounts.map(({ point }) => point);
  return new Set(points.filter((point) => point !== place && isWithin(point, place)));
}

/** What is mounted below a top, at one moment. */
export interface MountsBelow extends Disposable {
  /** The entries of an open directory that are mount points, and so belong to other trees. */
  in(fd: number): readonly ByteName[];
  /** As {@link SweepOrder} has it. */
  readonly quiet: number | undefined;
}

/** Looks anew: since it was opened, the top may have been moved, and anything may have been mounted. */
export function seeMountsBelow(topFd: number): MountsBelow {
  const table = new MountTable();
  const points = mountPointsBelow(placeOf(topFd), table.mounts);
  return {
    in: (fd) => mountPointsIn(fd, points),
    quiet: points.size === 0 ? table.fd : undefined,
    [Symbol.dispose]: () => table[Symbol.dispose](),
  };
}

/** The names of those of the mount points that are entries of the open directory. */
export function mountPointsIn(fd: number, mountPoints: ReadonlySet<ByteName>): readonly ByteName[] {
  if (mountPoints.size === 0) return [];
  const prefix = `${placeOf(fd)}/`;
  return [...mountPoints]
    .filter((point) => point.startsWith(prefix))
    .map((point) => point.slice(prefix.length))
    .filter((name) => !name.includes('/'));
}

async function openAbsolute(path: string, shown: string): Promise<number> {
  if (!isAbsolute(path) || path.includes('\0'))
    throw refuse('FILES_MISSING', `${shown} is no absolute path`);
  try {
    // Resolved, because a slash at its end would make the kernel follow a symlink after all.
    return await openDirectory(resolve(path));
  } catch (error) {
    const errno = errnoOrThrow(error);
    // Nothing can be there under a name that is too long.
    if (errno === 'ENOENT' || errno === 'ENAMETOOLONG')
      throw refuse('FILES_MISSING', `${shown} does not exist`, error);
    if (errno === 'ENOTDIR' || errno === 'ELOOP')
      throw refuse('FILES_MISSING', `${shown} is a symlink, or no directory`, error);
    if (errno === 'EACCES')
      throw refuse('FILES_NO_PRIVILEGE', `${shown} may not be opened: ${errno}`, error);
    throw new FilesFault('FILES_IO', `${shown} cannot be opened: ${errno}`, {
      retry: 'later',
      cause: error,
    });
  }
}

async function assertBelowRoots(
  shown: string,
  place: ByteName,
  roots: readonly string[],
): Promise<void> {
  if (roots.length === 0) return;
  for (const root of roots) {
    const real = await realpath(root, { encoding: 'buffer' }).catch(() => undefined);
    if (real && isWithin(place, byteName(real))) return;
  }
  throw refuse('FILES_OUTSIDE_ROOTS', `${shown} is outside of the roots ${roots.join(', ')}`);
}

/** Whoever owns a directory above a tree could lead to another one, which is not theirs to change. */
async function assertInPlace(path: string, place: ByteName, hostRoot: string): Promise<void> {
  const real = await realpath(hostRoot, { encoding: 'buffer' }).catch(() => undefined);
  const way = { from: bytesOfText(hostRoot), to: real ? byteName(real) : '' };
  if (real && rebase(bytesOfText(resolve(path)), way) === place) return;
  const brief = `a symlink below the root leads to ${printed(place)}`;
  throw new FilesFault('FILES_OUTSIDE_ROOTS', `${printablePath(path)}: ${brief}`, {
    retry: 'never',
    brief,
  });
}

function refuse(code: FilesFaultCode, message: string, cause?: unknown): FilesFault {
  return new FilesFault(code, message, { retry: 'never', cause });
}
