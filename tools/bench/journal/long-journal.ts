import { Engine, repoCodec, ulidSource } from '@permafrost/events';
import { openSqliteJournal, type SqliteJournal } from '@permafrost/events/sqlite';
import { repo } from '@permafrost/workflow-core';
import type { Benchmark, Prepared } from '../benchmark.ts';
import { elapsedMs, scratchDirectory } from '../scratch.ts';
import { History, repoHistory, usualEvent } from './sample.ts';

const EVENTS = 1_000_000;
const EVENTS_A_HISTORY = 20;
const BATCH = 2000;
const ROUNDS = 300;

/** What a user of the journal does most: an append, and a find by somebody who has not seen it. */
export const longJournal: Benchmark = {
  name: 'journal/long-journal',
  measured: `an append and a find in a journal of ${EVENTS.toLocaleString('en')} events (ms for 100)`,
  reference: 'the same in an empty one',
  unit: 'ms/100',
  comparison: 'ratio',
  target: { atMost: 1.25 },
  prepare,
};

async function prepare(): Promise<Prepared> {
  const scratch = scratchDirectory();
  const long = await openSqliteJournal({ path: `${scratch.path}/long.db` });
  const empty = await openSqliteJournal({ path: `${scratch.path}/empty.db` });
  await fill(long);
  return {
    run: async () => ({ measured: await useOf(long), reference: await useOf(empty) }),
    close: async () => {
      await long.close();
      await empty.close();
      scratch.remove();
    },
  };
}

async function fill(journal: SqliteJournal): Promise<void> {
  for (let done = 0; done < EVENTS; done += BATCH) {
    const histories = Array.from({ length: BATCH / EVENTS_A_HISTORY }, () => {
      return repoHistory(EVENTS_A_HISTORY).changes;
    });
    await journal.commit(histories.flat());
  }
}

async function useOf(journal: SqliteJournal): Promise<number> {
  const history = new History(repoCodec);
  const ms = await elapsedMs(async () => {
    for (let i = 0; i < ROUNDS; i++) {
      await journal.commit([history.append(usualEvent)]);
      await new Engine({ journal, nextId: ulidSource() }).find(repo, history.id);
    }
  });
  return (ms / ROUNDS) * 100;
}
