import { expect, test, vi } from 'vitest';
import { Draft } from '../testing/draft.ts';
import { WakeUps } from '../testing/wake-ups.ts';
import { HistoryNews } from './history-news.ts';
import { MemoryJournal } from './memory-journal.ts';

async function followed() {
  const journal = new MemoryJournal();
  const [mine, other] = [new Draft(), new Draft()];
  await journal.commit([mine.append()]);
  const news = new HistoryNews(journal);
  const wakeUps = new WakeUps(news.of(mine.history));
  // The first is for what may have come while nobody followed.
  await wakeUps.next();
  return { journal, news, mine, other, wakeUps };
}

/** Long enough for all that follows from a commit. */
const settled = (): Promise<unknown> => new Promise((resolve) => setTimeout(resolve, 5));

test('who waits for a history is woken by what is appended to it, and by nothing else', async () => {
  const { journal, mine, other, wakeUps } = await followed();
  await journal.commit([other.append()]);
  await settled();
  expect(wakeUps.count).toBe(1);
  await journal.commit([mine.append(), other.append()]);
  await settled();
  expect(wakeUps.count).toBe(2);
});

test('whatever was committed since somebody subscribed is heard of', async () => {
  const journal = new MemoryJournal();
  const mine = new Draft();
  const wakeUps = new WakeUps(new HistoryNews(journal).of(mine.history));
  await journal.commit([mine.append()]);
  await wakeUps.next();
  expect(await journal.end()).toBe(1);
});

test('more events at once than a page holds are all told', async () => {
  const { journal, news, mine, other } = await followed();
  const wakeUps = new WakeUps(news.of(other.history));
  await journal.commit([...Array.from({ length: 1200 }, () => mine.append()), other.append()]);
  await wakeUps.next();
});

test('all are woken while the journal cannot be read, and none is missed afterwards', async () => {
  const { journal, mine, other, wakeUps } = await followed();
  const read = vi.spyOn(journal, 'readAll').mockRejectedValueOnce(new Error('disk on fire'));
  await journal.commit([other.append()]);
  await wakeUps.next();
  expect(read).toHaveBeenCalledOnce();
  const woken = wakeUps.next();
  await journal.commit([mine.append()]);
  await woken;
});

test('nobody follows the journal for those who have left', async () => {
  const { journal, mine, wakeUps } = await followed();
  wakeUps.stop();
  const read = vi.spyOn(journal, 'readAll');
  await journal.commit([mine.append()]);
  await settled();
  expect(read).not.toHaveBeenCalled();
  expect(wakeUps.count).toBe(1);
});
