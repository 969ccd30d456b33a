import { randomUUID } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';

/**
 * Writes a file that only its owner may read, and syncs it. Whoever reads meanwhile sees the old
 * content or the new. Throws the errors of the file system.
 */
export async function writeSecret(path: string, text: string): Promise<void> {
  // A mode is given to new files only. So the file is always a new one.
  const draft = `${path}.${randomUUID()}`;
  try {
    await writeFile(draft, text, { mode: 0o600, flag: 'wx', flush: true });
    await rename(draft, path);
  } finally {
    await rm(draft, { force: true });
  }
}
