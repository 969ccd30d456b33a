// On a small file system of its own, which only root can mount.
import { execFileSync } from 'node:child_process';
import { mkdir, rm, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { bodies, Draft } from '../../testing/draft.ts';
import { openUntilTestEnds, temporaryPath } from './temporary-journal.ts';

const DISK_BYTES = 8 * 2 ** 20;
const EVENT_BYTES = 20_000;

/** The directory where a new small disk is mounted, or why there is none. */
async function smallDisk(): Promise<{ directory: string } | { reason: string }> {
  if (process.getuid?.() !== 0) return { reason: 'only root can mount a file system' };
  const parent = dirname(await temporaryPath());
  const [image, directory] = [join(parent, 'disk.img'), join(parent, 'disk')];
  await writeFile(image, '');
  await truncate(image, DISK_BYTES);
  await mkdir(directory);
  try {
    execFileSync('mkfs.ext4', ['-q', '-m', '0', image], { stdio: 'pipe' });
    execFileSync('mount', ['-o', 'loop', image, directory], { stdio: 'pipe' });
  } catch (error) {
    return { reason: `no loop mount: ${error instanceof Error ? error.message : String(error)}` };
  }
  onTestFinished(() => void execFileSync('umount', ['--lazy', directory]));
  return { directory };
}

test('a full disk fails commits, loses nothing, and passes', async ({ skip }) => {
  const disk = await smallDisk();
  if ('reason' in disk) return skip(disk.reason);
  const journal = await openUntilTestEnds({ path: join(disk.directory, 'journal.db') });
  const draft = new Draft();
  const acknowledged: string[] = [];
  const append = async (name: string): Promise<void> => {
    const before = draft.vid;
    const body = name.padEnd(EVENT_BYTES);
    try {
      await journal.commit([draft.append(body)]);
      acknowledged.push(body);
    } catch (error) {
      draft.vid = before;
      throw error;
    }
  };
  const stored = async (): Promise<string[]> => bodies(await journal.read(draft.history));

  await append('first');
  const filler = join(disk.directory, 'filler');
  await writeFile(filler, Buffer.alloc(DISK_BYTES / 2));
  const full = { code: 'JOURNAL_UNAVAILABLE', retry: 'later' };
  const fill = async (): Promise<void> => {
    for (let i = 0; i < 10_000; i++) await append(`event ${i}`);
  };
  await expect(fill()).rejects.toMatchObject(full);
  await expect(append('too much')).rejects.toThrow(/disk is full: make room there/);
  expect(acknowledged.length).toBeGreaterThan(10);
  expect(await stored()).toEqual(acknowledged);

  await rm(filler);
  await append('after room was made');
  expect(await stored()).toEqual(acknowledged);
  expect(await journal.checkIntegrity()).toEqual([]);
});
