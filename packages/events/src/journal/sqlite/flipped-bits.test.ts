// A bit flips somewhere in the file: whoever reads is told, or reads what was stored, or, where
// nothing but an index entry is lost, the inspection finds it.
import { readFile, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import type { Uuid } from '../../ids/uuid.ts';
import { bodies, Draft, headsOf } from '../../testing/draft.ts';
import { inspectJournal } from './backup.ts';
import { openUntilTestEnds, temporaryPath } from './temporary-journal.ts';

const PAGE_BYTES = 4096;
const FLIPS_A_PAGE = 10;

async function sample() {
  const path = await temporaryPath();
  const journal = await openUntilTestEnds({ path });
  const drafts = Array.from({ length: 12 }, () => new Draft('repo'));
  for (let i = 0; i < 15; i++) {
    await journal.commit(drafts.map((draft) => draft.append(`${i} ${'x'.repeat(50 * i)}`)));
  }
  await journal.commit(drafts.slice(10).map((draft) => draft.delete()));
  await journal.close();
  const histories = drafts.map(({ history }) => history);
  return { file: await readFile(path), histories, stored: await contentsOf(path, histories) };
}

/** Asked for as daemons do: by the ids of histories. */
async function contentsOf(path: string, histories: readonly Uuid[]) {
  const journal = await openUntilTestEnds({ path });
  try {
    const events = [];
    for (const history of histories) {
      events.push([await journal.head(history), ...bodies(await journal.read(history))]);
    }
    return { events, all: bodies(await journal.readAll(0, 1000)), heads: await headsOf(journal) };
  } finally {
    await journal.close();
  }
}

test('no flipped bit goes unnoticed', { timeout: 120_000 }, async ({ annotate }) => {
  const { file, histories, stored } = await sample();
  let seed = 7;
  const random = (max: number): number => (seed = (seed * 48_271) % 2_147_483_647) % max;
  const counts = { harmless: 0, refused: 0, inspected: 0, unnoticed: 0 };
  const path = await temporaryPath();
  for (let flip = 0; flip < (file.length / PAGE_BYTES) * FLIPS_A_PAGE; flip++) {
    const at = Math.floor(flip / FLIPS_A_PAGE) * PAGE_BYTES + random(PAGE_BYTES);
    const damaged = Buffer.from(file);
    damaged[at] = (damaged[at] ?? 0) ^ (1 << random(8));
    await writeFile(path, damaged);
    const outcome = await contentsOf(path, histories).catch(() => 'refused' as const);
    if (outcome === 'refused') {
      counts.refused++;
    } else if (JSON.stringify(outcome) === JSON.stringify(stored)) {
      counts.harmless++;
    } else {
      await writeFile(path, damaged);
      const { defects } = await inspectJournal(path);
      counts[defects.length > 0 ? 'inspected' : 'unnoticed']++;
    }
  }
  await annotate(JSON.stringify(counts));
  expect(counts.unnoticed).toBe(0);
  expect(counts.refused).toBeGreaterThan(50);
});
