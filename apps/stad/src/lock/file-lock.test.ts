import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { FileLock } from './file-lock.ts';

const never = new AbortController().signal;

let top: string;
let directory: string;

beforeEach(async () => {
  top = await mkdtemp(join(tmpdir(), 'permafrost-lock-'));
  directory = join(top, 'locks');
  onTestFinished(() => rm(top, { recursive: true }));
});

test('one at a time has the lock, and the next one gets it when it is released', async () => {
  const release = await new FileLock(directory, 'repo').acquire(never);
  let isNextIn = false;
  const next = new FileLock(directory, 'repo').acquire(never).then((releaseNext) => {
    isNextIn = true;
    releaseNext();
  });
  (await new FileLock(directory, 'other').acquire(never))();
  expect(isNextIn).toBe(false);
  release();
  await next;
  expect(await readdir(directory)).toEqual(['other.lock', 'repo.lock']);
});

test('whoever waits can be told not to', async () => {
  const release = await new FileLock(directory, 'repo').acquire(never);
  onTestFinished(release);
  const stop = new AbortController();
  const waiting = new FileLock(directory, 'repo').acquire(stop.signal);
  stop.abort();
  await expect(waiting).rejects.toMatchObject({ code: 'FILES_CANCELLED' });
});

test('a directory that cannot be made is a fault, with its reason, and may pass', async () => {
  await writeFile(directory, 'in the way');
  const lock = new FileLock(directory, 'repo');
  const fault = { code: 'FILES_NO_LOCK', retry: 'later' };
  await expect(lock.acquire(never)).rejects.toMatchObject(fault);
  await expect(lock.acquire(never)).rejects.toThrow(`cannot lock (EEXIST): ${directory}/repo.lock`);
  await rm(directory);
  (await lock.acquire(never))();
});

test('so is a file that is no lock', async () => {
  const lock = new FileLock(directory, 'repo');
  (await lock.acquire(never))();
  await writeFile(join(directory, 'repo.lock'), 'x'.repeat(4096));
  await expect(lock.acquire(never)).rejects.toMatchObject({ code: 'FILES_NO_LOCK' });
  await expect(lock.acquire(never)).rejects.toThrow('cannot lock (file is not a database)');
});
