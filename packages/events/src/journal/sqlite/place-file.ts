// Puts a file in its place all at once and for good, and never over another.
import { closeSync, fsyncSync, linkSync, openSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { BackupRefusedError } from '../errors.ts';

/**
 * Lets `fill` write a new file, which only its owner can read, and gives it its name when it is
 * complete and on the disk. Throws {@link BackupRefusedError} when there is a file of that name.
 */
export function placeFile<T>(path: string, fill: (temporary: string) => T): T {
  const temporary = `${path}.${process.pid}.part`;
  try {
    closeSync(openSync(temporary, 'wx', 0o600));
    const result = fill(temporary);
    sync(temporary);
    linkUnlessTaken(temporary, path);
    return result;
  } finally {
    rmSync(temporary, { force: true });
    rmSync(`${temporary}-journal`, { force: true });
    sync(dirname(path));
  }
}

/** Unlike a rename, a link never replaces what is there. */
function linkUnlessTaken(from: string, path: string): void {
  try {
    linkSync(from, path);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    throw new BackupRefusedError(`${path} exists: name another file, or move it away`);
  }
}

function sync(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
