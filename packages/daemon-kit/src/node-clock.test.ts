import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { nodeClock } from './node-clock.ts';

const HOUR_MS = 3_600_000;

const listenersOf = ({ signal }: AbortController): number =>
  getEventListeners(signal, 'abort').length;

test('a sleep ends when its time is over, and lets go of the signal', async () => {
  const stop = new AbortController();
  const startMs = performance.now();
  await nodeClock.sleep(20, stop.signal);
  // A timer may be early by what a clock of milliseconds does not tell.
  expect(performance.now() - startMs).toBeGreaterThan(18);
  expect(listenersOf(stop)).toBe(0);
});

test('an abort ends a sleep without an error, before it or in the middle of it', async () => {
  const stop = new AbortController();
  const sleep = nodeClock.sleep(HOUR_MS, stop.signal);
  stop.abort();
  await sleep;
  await nodeClock.sleep(HOUR_MS, stop.signal);
  expect(listenersOf(stop)).toBe(0);
});
