// On a small file system of its own, which only root can mount.
import { execFileSync } from 'node:child_process';
import { mkdir, readdir, rm, statfs, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { bodies, Draft } from '../../testing/draft.ts';
import { backupJournal } from './backup.ts';
import { openUntilTestEnds, temporaryPath } from './temporary-journal.ts';

const DISK_BYTES = 8 * 2 ** 20;
const EVENT_BYTES = 20_000;
/** In the write-ahead log, when SQLite makes a checkpoint by itself: 1000 pages, with their headers. */
const CHECKPOINT_BYTES = 1000 * (4096 + 24);
/** Room for the log to go on until then, and not for what the checkpoint moves to the database. */
const ROOM_BYTES = 300_000;

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
  let count = 0;
  await expect(fillUp(() => append(`event ${count++}`))).rejects.toMatchObject(full);
  await expect(append('too much')).rejects.toThrow(/disk is full: make room there/);
  expect(acknowledged.length).toBeGreaterThan(10);
  expect(await stored()).toEqual(acknowledged);

  await rm(filler);
  await append('after room was made');
  expect(await stored()).toEqual(acknowledged);
  expect(await journal.checkIntegrity()).toEqual([]);
});

test('a disk that fills up during a checkpoint loses nothing, and the next one completes it', async ({
  skip,
}) => {
  const disk = await smallDisk();
  if ('reason' in disk) return skip(disk.reason);
  const path = join(disk.directory, 'journal.db');
  const journal = await openUntilTestEnds({ path });
  const draft = new Draft();
  const acknowledged: string[] = [];
  const append = async (): Promise<void> => {
    const body = `event ${acknowledged.length}`.padEnd(EVENT_BYTES);
    await journal.commit([draft.append(body)]);
    acknowledged.push(body);
  };
  const isAllThere = async (): Promise<void> => {
    expect(bodies(await journal.read(draft.history))).toEqual(acknowledged);
    expect(await journal.checkIntegrity()).toEqual([]);
  };

  let { databaseBytes, walBytes } = await journal.diagnostics();
  for (; walBytes < CHECKPOINT_BYTES - 2 * EVENT_BYTES; { walBytes } = await journal.diagnostics())
    await append();
  const { bavail, bsize } = await statfs(disk.directory);
  const filler = join(disk.directory, 'filler');
  await writeFile(filler, Buffer.alloc(bavail * bsize - ROOM_BYTES));
  const { vid } = draft;
  await expect(fillUp(append)).rejects.toMatchObject({ code: 'JOURNAL_UNAVAILABLE' });
  draft.vid = (await journal.head(draft.history))?.vid ?? vid;
  const full = await journal.diagnostics();
  expect(full.walBytes).toBeGreaterThan(CHECKPOINT_BYTES);
  expect(full.databaseBytes).toBeGreaterThan(databaseBytes);
  expect(full.databaseBytes).toBeLessThan(acknowledged.length * EVENT_BYTES);
  await isAllThere();

  await rm(filler);
  await append();
  ({ databaseBytes } = await journal.diagnostics());
  expect(databaseBytes).toBeGreaterThan(acknowledged.length * EVENT_BYTES);
  await isAllThere();
});

test('a backup onto a full disk leaves nothing there, and does not blame the journal', async ({
  skip,
}) => {
  const disk = await smallDisk();
  if ('reason' in disk) return skip(disk.reason);
  const path = await temporaryPath();
  const journal = await openUntilTestEnds({ path });
  await journal.commit([new Draft().append(''.padEnd(DISK_BYTES))]);
  const destination = join(disk.directory, 'backup.db');
  const full = { code: 'JOURNAL_UNAVAILABLE', retry: 'later' };
  await expect(backupJournal({ path, destination })).rejects.toMatchObject(full);
  await expect(backupJournal({ path, destination })).rejects.toThrow(
    `the backup ${destination} failed (database or disk is full): its disk is full`,
  );
  expect(await readdir(disk.directory)).toEqual(['lost+found']);
});

/** Without an end, unless the disk is full before. */
async function fillUp(append: () => Promise<void>): Promise<void> {
  for (let i = 0; i < 10_000; i++) await append();
}
