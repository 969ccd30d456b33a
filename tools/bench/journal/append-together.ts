import { repoCodec } from '@permafrost/events';
import { openSqliteJournal } from '@permafrost/events/sqlite';
import type { Benchmark, Prepared } from '../benchmark.ts';
import { perSecond, scratchDirectory } from '../scratch.ts';
import { History, usualEvent } from './sample.ts';

const WRITERS = 64;
const EVENTS_EACH = 50;
const EVENTS_ALONE = 1000;

/** Many writers in one process, each of which waits for its own event only. */
export const appendTogether: Benchmark = {
  name: 'journal/append-together',
  measured: `${WRITERS} concurrent appends from one process`,
  reference: 'one at a time',
  unit: 'events/s',
  comparison: 'ratio',
  target: { atLeast: 5 },
  prepare,
};

async function prepare(): Promise<Prepared> {
  const scratch = scratchDirectory();
  const journal = await openSqliteJournal({ path: `${scratch.path}/journal.db` });
  const write = async (events: number): Promise<void> => {
    const history = new History(repoCodec);
    for (let i = 0; i < events; i++) await journal.commit([history.append(usualEvent)]);
  };
  return {
    run: async () => ({
      measured: await perSecond(WRITERS * EVENTS_EACH, async () => {
        await Promise.all(Array.from({ length: WRITERS }, () => write(EVENTS_EACH)));
      }),
      reference: await perSecond(EVENTS_ALONE, () => write(EVENTS_ALONE)),
    }),
    close: async () => {
      await journal.close();
      scratch.remove();
    },
  };
}
