import { copyFile, rename, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Draft } from '../../testing/draft.ts';
import { WakeUps } from '../../testing/wake-ups.ts';
import { LOOK_GOOD_MS } from './files-in-place.ts';
import { openUntilTestEnds, temporaryPath } from './temporary-journal.ts';

const unusable = { code: 'JOURNAL_UNUSABLE', retry: 'never' };

async function filled() {
  const path = await temporaryPath();
  const journal = await openUntilTestEnds({ path, lookMs: 20 });
  await journal.commit([new Draft().append()]);
  return { path, journal };
}

const mishaps: readonly [string, (path: string) => Promise<void>][] = [
  ['removed', (path) => rm(path)],
  ['moved away', (path) => rename(path, `${path}.old`)],
  [
    'replaced by its own copy',
    async (path) => {
      await copyFile(path, `${path}.copy`);
      await rename(`${path}.copy`, path);
    },
  ],
  ['left without its log', (path) => rm(`${path}-wal`)],
];

test.each(mishaps)('a commit is not acknowledged after the file was %s', async (_, happen) => {
  const { path, journal } = await filled();
  await happen(path);
  await sleep(2 * LOOK_GOOD_MS);
  const commit = journal.commit([new Draft().append()]);
  await expect(commit).rejects.toMatchObject(unusable);
  await expect(commit).rejects.toThrow(/removed or replaced .* put the right file back/);
  // Nor is anything else done, even if the files come back.
  await expect(journal.end()).rejects.toMatchObject(unusable);
});

test.each(mishaps)('whoever listens is told soon after the file was %s', async (_, happen) => {
  const { path, journal } = await filled();
  const wakeUps = new WakeUps(journal);
  await happen(path);
  await wakeUps.next();
  await expect(journal.readAll(0, 10)).rejects.toMatchObject(unusable);
});
