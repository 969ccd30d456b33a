import { closeSync, readdirSync, readlinkSync } from 'node:fs';
import { chmod, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Draft } from '../../testing/draft.ts';
import { WakeUps } from '../../testing/wake-ups.ts';
import { Doorbell } from './doorbell.ts';
import { openUntilTestEnds, temporaryPath } from './temporary-journal.ts';

const HOUR_MS = 3_600_000;

interface ListeningOptions {
  path?: string;
  lookMs?: number;
}

/** A listening doorbell, and a way to wait for its next ring. */
async function listening({ path: given, lookMs = HOUR_MS }: ListeningOptions = {}) {
  const path = given ?? (await temporaryPath());
  const rings = { heard: Promise.withResolvers<undefined>(), count: 0 };
  const bell = new Doorbell({
    path,
    lookMs,
    onRing: () => {
      rings.count++;
      rings.heard.resolve(undefined);
      rings.heard = Promise.withResolvers();
    },
  });
  bell.listen();
  onTestFinished(() => {
    bell.mute();
  });
  const ringer = new Doorbell({ path, lookMs, onRing: () => undefined });
  const next = () => rings.heard.promise;
  return { path, bell, ringer, rings, next };
}

test('a ring is heard on the other side', async () => {
  const { bell, ringer, next } = await listening();
  expect(bell.isWatched).toBe(true);
  for (let i = 0; i < 3; i++) {
    const heard = next();
    ringer.ring();
    await heard;
  }
});

test('a ring is still heard after the file was removed', async () => {
  const { path, ringer, next } = await listening();
  let heard = next();
  await rm(path);
  await heard;
  heard = next();
  ringer.ring();
  await heard;
});

test('a ring is still heard after the file was replaced', async () => {
  const { path, ringer, next } = await listening();
  await writeFile(`${path}.new`, '');
  let heard = next();
  await rename(`${path}.new`, path);
  await heard;
  heard = next();
  ringer.ring();
  await heard;
});

test('a file that can be neither written nor closed is let go without a word', async () => {
  const path = await temporaryPath();
  const ringer = new Doorbell({ path, lookMs: HOUR_MS, onRing: () => undefined });
  for (const end of ['ring', 'close'] as const) {
    ringer.ring();
    // Closed behind its back, so that each further call on it fails.
    for (const file of filesOpenAt(path)) closeSync(file);
    expect(() => {
      ringer[end]();
    }).not.toThrow();
  }
});

function filesOpenAt(path: string): readonly number[] {
  return readdirSync('/proc/self/fd')
    .filter((file) => {
      try {
        return readlinkSync(`/proc/self/fd/${file}`) === path;
      } catch {
        return false;
      }
    })
    .map(Number);
}

test('without a file to watch, it looks by itself until there is one', async () => {
  const path = await temporaryPath();
  await mkdir(path);
  const { bell, ringer, next } = await listening({ path });
  const watched = () => bell.isWatched;
  expect(watched()).toBe(false);
  await next();
  await next();
  await rm(path, { recursive: true });
  while (!watched()) await next();
  const heard = next();
  ringer.ring();
  await heard;
});

test('it looks now and then though no bell rings', async () => {
  const { rings, next } = await listening({ lookMs: 10 });
  await next();
  await next();
  expect(rings.count).toBeGreaterThanOrEqual(2);
});

test('a muted doorbell is quiet', async () => {
  const { bell, ringer, rings } = await listening({ lookMs: 5 });
  bell.mute();
  const other = await listening();
  const heard = other.next();
  ringer.ring();
  other.ringer.ring();
  await heard;
  expect(rings.count).toBe(0);
  expect(bell.isWatched).toBe(false);
});

test('a journal hears of a commit whose bell did not ring', async () => {
  const path = await temporaryPath();
  await mkdir(`${path}.doorbell`);
  const here = await openUntilTestEnds({ path });
  const there = await openUntilTestEnds({ path });
  const wakeUps = new WakeUps(here);
  expect((await here.diagnostics()).wakeUps).toBe('looking');
  const woken = wakeUps.next();
  await there.commit([new Draft().append()]);
  await woken;
  expect(await here.end()).toBe(1);
});

test('an idle journal does not wake its listeners, however often it looks', async () => {
  const path = await temporaryPath();
  const journal = await openUntilTestEnds({ path, lookMs: 2 });
  const wakeUps = new WakeUps(journal);
  const { bell, next } = await listening({ lookMs: 2 });
  for (let i = 0; i < 10; i++) await next();
  bell.mute();
  expect(wakeUps.count).toBe(0);
});

test('a directory that cannot be written does not make a commit fail', async () => {
  const path = await temporaryPath();
  const journal = await openUntilTestEnds({ path });
  await mkdir(`${path}.doorbell`);
  await chmod(dirname(path), 0o500);
  try {
    expect(await journal.commit([new Draft().append()])).toBe(1);
  } finally {
    await chmod(dirname(path), 0o700);
  }
});
