import { expect, it } from 'vitest';
import { Rate, type Mark } from './rate.ts';

const start: Mark = { done: 100, atMs: 5000 };

it('counts what was done since the start', () => {
  const rate = new Rate(start);
  expect(rate.at({ done: 600, atMs: 7000 })).toBe(250);
  expect(rate.at({ done: 900, atMs: 13_000 })).toBe(100);
});

it.each([
  ['nothing was done', { done: 100, atMs: 9000 }],
  ['no time has passed', { done: 600, atMs: 5000 }],
  ['less is done than at the start', { done: 3, atMs: 9000 }],
])('is unknown while %s', (_, now) => {
  expect(new Rate(start).at(now)).toBeUndefined();
});

it('soon forgets that the work was faster once', () => {
  const rate = new Rate({ done: 0, atMs: 0 });
  expect(rate.at({ done: 10_000, atMs: 10_000 })).toBe(1000);
  expect(rate.at({ done: 10_100, atMs: 20_000 })).toBe(10);
  expect(rate.at({ done: 10_150, atMs: 25_000 })).toBe(10);
  expect(rate.at({ done: 10_150, atMs: 30_000 })).toBe(5);
  expect(rate.at({ done: 10_150, atMs: 40_000 })).toBeUndefined();
});

it('does not forget before a window is over', () => {
  const rate = new Rate({ done: 0, atMs: 0 });
  expect(rate.at({ done: 1000, atMs: 9999 })).toBeCloseTo(100, 1);
  expect(rate.at({ done: 1000, atMs: 10_000 })).toBe(100);
  // A window ends at the last of them: what came before it counts no more.
  expect(rate.at({ done: 1000, atMs: 19_999 })).toBeCloseTo(50, 1);
  expect(rate.at({ done: 1000, atMs: 20_000 })).toBeUndefined();
});
