// Journals that past versions wrote still open, are brought forward, and fold to the states that were
// recorded with them.
import { copyFileSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openSqliteJournal, inspectJournal } from '@permafrost/events/sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { statesOf } from './states.ts';

const FOLDER = fileURLToPath(new URL('../../packages/events/testdata/journals', import.meta.url));
const files = globSync(`${FOLDER}/v*.db`).sort(new Intl.Collator('en', { numeric: true }).compare);
const recorded: unknown = JSON.parse(readFileSync(`${FOLDER}/states.json`, 'utf8'));

function copyOf(file: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'permafrost-golden-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const path = join(directory, 'journal.db');
  copyFileSync(file, path);
  return path;
}

test.each(files.map((file) => [basename(file), file]))('%s', async (_, file) => {
  const path = copyOf(file);
  const before = await inspectJournal(path);
  expect(before.defects).toEqual([]);
  const journal = await openSqliteJournal({ path });
  onTestFinished(() => journal.close());
  expect(await statesOf(journal)).toEqual(recorded);
  const after = await inspectJournal(path);
  expect(after).toEqual({ ...before, schemaVersion: files.length });
});

test('there is one for each schema', async () => {
  const journal = await openSqliteJournal({ path: copyOf(files.at(-1) ?? '') });
  onTestFinished(() => journal.close());
  const { schemaVersion } = await journal.diagnostics();
  expect(files.map((file) => basename(file))).toEqual(
    Array.from({ length: schemaVersion }, (_, i) => `v${i + 1}.db`),
  );
});
