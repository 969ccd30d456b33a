// Makes the golden journals that are missing: `node tools/golden/make-journals.ts`, after a migration
// was added. What is there is never made anew: it was written by the program of its day.
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { crc32 } from 'node:zlib';
import { openSqliteJournal } from '@permafrost/events/sqlite';
import Database from 'better-sqlite3';
import { writeGoldenHistory } from './history.ts';
import { statesOf } from './states.ts';

const EVENTS = fileURLToPath(new URL('../../packages/events/', import.meta.url));
const FOLDER = `${EVENTS}testdata/journals`;
const migrations = globSync(`${EVENTS}src/journal/sqlite/migrations/*.sql`).sort();

const scratch = mkdtempSync(join(tmpdir(), 'permafrost-golden-'));
try {
  const path = join(scratch, 'journal.db');
  const journal = await openSqliteJournal({ path });
  await writeGoldenHistory(journal);
  const states = await statesOf(journal);
  await journal.close();
  writeUnlessThere(`${FOLDER}/states.json`, `${JSON.stringify(states, null, 1)}\n`);
  for (let version = 1; version <= migrations.length; version++) {
    const target = `${FOLDER}/v${version}.db`;
    if (existsSync(target)) continue;
    copyAsOf(version, { from: path, target });
    console.log(`made ${target}`);
  }
} finally {
  rmSync(scratch, { recursive: true });
}

function writeUnlessThere(path: string, text: string): void {
  if (!existsSync(path)) writeFileSync(path, text);
}

/** The same rows, in the schema that a program had which knew only so many migrations. */
function copyAsOf(version: number, { from, target }: { from: string; target: string }): void {
  const db = new Database(target);
  db.function('crc32', { deterministic: true }, (body) => crc32(body as Uint8Array));
  for (const file of migrations.slice(0, version)) db.exec(readFileSync(file, 'utf8'));
  db.prepare('ATTACH ? AS source').run(from);
  const hasChecksums = version >= 3;
  const columns = `position, hid, id, parent, body${hasChecksums ? ', checksum' : ''}`;
  db.exec(`
    INSERT INTO histories SELECT * FROM source.histories;
    INSERT INTO events (${columns}) SELECT ${columns} FROM source.events;
    UPDATE sqlite_sequence SET seq = (SELECT seq FROM source.sqlite_sequence WHERE name = 'events')
      WHERE name = 'events';`);
  db.pragma(`application_id = ${String(db.pragma('source.application_id', { simple: true }))}`);
  db.pragma(`user_version = ${version}`);
  db.exec('DETACH source; VACUUM');
  db.close();
}
