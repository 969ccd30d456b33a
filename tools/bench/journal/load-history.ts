import { Engine, nilUlid, repoCodec, ulidSource } from '@permafrost/events';
import { openSqliteJournal } from '@permafrost/events/sqlite';
import { repo } from '@permafrost/workflow-core';
import Database from 'better-sqlite3';
import type { Benchmark, Prepared } from '../benchmark.ts';
import { perSecond, scratchDirectory } from '../scratch.ts';
import { repoHistory } from './sample.ts';

const EVENTS = 100_000;
const BATCH = 1000;

/** What the engine adds to reading and decoding: checks of the chain and of bodies, and the fold. */
export const loadHistory: Benchmark = {
  name: 'journal/load-history',
  measured: `a history of ${EVENTS.toLocaleString('en')} events, loaded into its state`,
  reference: 'a bare loop that reads and decodes the same rows',
  unit: 'events/s',
  comparison: 'ratio',
  target: { atLeast: 0.8 },
  prepare,
};

async function prepare(): Promise<Prepared> {
  const scratch = scratchDirectory();
  const path = `${scratch.path}/journal.db`;
  const journal = await openSqliteJournal({ path });
  const { history, changes } = repoHistory(EVENTS);
  for (let i = 0; i < changes.length; i += BATCH) {
    await journal.commit(changes.slice(i, i + BATCH));
  }
  const db = new Database(path, { readonly: true });
  const rows = db.prepare<[], { body: Uint8Array }>(
    'SELECT * FROM events WHERE hid = 1 ORDER BY position',
  );
  return {
    run: async () => ({
      measured: await perSecond(EVENTS, async () => {
        const { vid } = await new Engine({ journal, nextId: ulidSource() }).find(repo, history);
        if (vid === nilUlid) throw new Error('the history is empty');
      }),
      reference: await perSecond(EVENTS, () => {
        for (const { body } of rows.iterate()) repoCodec.decode(body);
      }),
    }),
    close: async () => {
      db.close();
      await journal.close();
      scratch.remove();
    },
  };
}
