// One of several processes that append to the same journal at the same time: says that it is ready,
// and, when told for how long, how many events it has appended. The argument is the journal's path.
import { repoCodec } from '@permafrost/events';
import { openSqliteJournal } from '@permafrost/events/sqlite';
import { History, usualEvent } from './sample.ts';

const WRITERS = 64;

const [path = ''] = process.argv.slice(2);
const journal = await openSqliteJournal({ path });
process.on('message', (forMs: number) => {
  void appendFor(forMs).then((count) => process.send?.(count));
});
process.once('disconnect', () => void journal.close());
process.send?.('ready');

async function appendFor(forMs: number): Promise<number> {
  const untilMs = performance.now() + forMs;
  let count = 0;
  const write = async (): Promise<void> => {
    const history = new History(repoCodec);
    while (performance.now() < untilMs) {
      await journal.commit([history.append(usualEvent)]);
      count++;
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, write));
  return count;
}
