import { expect, test } from 'vitest';
import { lookOnNews, type Occasion } from './news.ts';

test('ticks in time, however often it is rung', async () => {
  const restless = {
    subscribe: (ring: () => void) => {
      const timer = setInterval(ring, 1);
      return () => clearInterval(timer);
    },
  };
  const { signal } = new AbortController();
  const occasions: Occasion[] = [];
  const looks = lookOnNews(
    restless,
    signal,
    (occasion) => occasion,
    () => 20,
  );
  for await (const occasion of looks) {
    occasions.push(occasion);
    if (occasions.filter((one) => one === 'tick').length === 2) break;
  }
  expect(occasions.slice(0, 2)).toEqual(['start', 'news']);
});
