import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { nextId } from '../../testing/draft.ts';
import { randomUuid } from '../../ids/uuid.ts';
import { openUntilTestEnds, temporaryPath } from './temporary-journal.ts';

const history = randomUuid();
const saved = { format: 'counter 1', vid: nextId(), bytes: Uint8Array.of(0, 1, 255) };

test('a saved state is there after a restart, until the next takes its place', async () => {
  const path = await temporaryPath();
  const journal = await openUntilTestEnds({ path });
  expect(await journal.loadState(history)).toBeUndefined();
  await journal.saveState(history, saved);
  await journal.close();
  const again = await openUntilTestEnds({ path });
  const { bytes = [], ...rest } = (await again.loadState(history)) ?? {};
  expect({ ...rest, bytes: Uint8Array.from(bytes) }).toEqual(saved);
  await again.saveState(history, { ...saved, format: 'counter 2' });
  expect((await again.loadState(history))?.format).toBe('counter 2');
  expect(await again.loadState(randomUuid())).toBeUndefined();
});

test('a saved state that was damaged is passed over', async () => {
  const path = await temporaryPath();
  const journal = await openUntilTestEnds({ path });
  await journal.saveState(history, saved);
  const db = new Database(path);
  db.exec("UPDATE saved_states SET bytes = x'0001fe'");
  db.close();
  expect(await journal.loadState(history)).toBeUndefined();
});
