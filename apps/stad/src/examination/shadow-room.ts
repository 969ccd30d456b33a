// Whether shadow repos can be written, and how much room they have.
import { access, constants, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { examination } from '@permafrost/events';
import { errnoOf } from '../tree/errno.ts';

/** Of the directory, or of where it will be made together with the first shadow repo. */
export async function shadowRoom(path: string): Promise<examination.ShadowRoom> {
  const { isWritable, freeBytes } = await roomAt(path);
  return { path, isWritable, freeBytes };
}

async function roomAt(path: string): Promise<Omit<examination.ShadowRoom, 'path'>> {
  try {
    const { bavail, bsize } = await statfs(path);
    return { isWritable: await isWritable(path), freeBytes: bavail * bsize };
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === 'ENOENT' && path !== '/') return roomAt(dirname(path));
    if (errno === undefined) throw error;
    return { isWritable: false, freeBytes: 0 };
  }
}

function isWritable(path: string): Promise<boolean> {
  return access(path, constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
}
