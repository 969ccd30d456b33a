// Whether trees in a directory can be frozen, found out without changing anything.
import { closeSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import type { examination } from '@permafrost/events';
import { FilesFault } from '@permafrost/workflow-core';
import type { Surroundings } from '../survey/examine.ts';
import { Failures, NOT_KEPT } from '../tree/failures.ts';
import { printablePath } from '../tree/names.ts';
import { openTop, type Top } from '../tree/top.ts';

export async function examineDirectory(
  path: string,
  { driver, roots }: Pick<Surroundings, 'driver' | 'roots'>,
  signal: AbortSignal,
): Promise<examination.ExaminedDirectory> {
  let fileSystem = '';
  try {
    const top = await openTop(await resolved(path), roots);
    fileSystem = top.mount?.type ?? '';
    try {
      await assertReadable(path, top, { driver, signal });
    } finally {
      closeSync(top.fd);
    }
    return { path, fileSystem, trouble: undefined };
  } catch (error) {
    if (!(error instanceof FilesFault)) throw error;
    const { code, message } = error;
    return { path, fileSystem, trouble: { code, message } };
  }
}

/** Throws {@link FilesFault} unless the attribute of the directory itself can be read. */
async function assertReadable(
  path: string,
  { fd, mount }: Top,
  { driver, signal }: Pick<Surroundings, 'driver'> & Readonly<{ signal: AbortSignal }>,
): Promise<void> {
  const [outcome] = await driver.read([{ fd, name: '.' }], signal);
  if (typeof outcome === 'string') return;
  const shown = printablePath(path);
  const errno = outcome?.errno ?? 'EUNKNOWN';
  if (NOT_KEPT.includes(errno)) {
    const message = `${shown} is on ${mount?.type ?? 'a file system'}, which does not keep the immutable attribute`;
    throw new FilesFault('FILES_NO_ATTRIBUTES', message, { retry: 'never' });
  }
  const failures = new Failures();
  failures.add({ path: '', errno, doing: 'verify' });
  throw await failures.toFault(`look at ${shown}`);
}

/** Only a repo itself may be no symlink; what is above it may be reached through one. */
async function resolved(path: string): Promise<string> {
  return realpath(path).catch(() => path);
}
