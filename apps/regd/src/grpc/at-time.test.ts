import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { atTime } from './at-time.ts';

const DAY_MS = 86_400_000;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('calls back when it is time, and once, also after more than a timer of Node can count', () => {
  const callBack = vi.fn();
  atTime(Date.now() + 30 * DAY_MS, callBack);
  vi.advanceTimersByTime(30 * DAY_MS - 1);
  expect(callBack).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(callBack).toHaveBeenCalledOnce();
  vi.advanceTimersByTime(DAY_MS);
  expect(callBack).toHaveBeenCalledOnce();
});

test('calls back at once when the time is over', () => {
  const callBack = vi.fn();
  atTime(Date.now(), callBack);
  expect(callBack).toHaveBeenCalledOnce();
});

test('heeds a clock that was set', () => {
  const callBack = vi.fn();
  atTime(Date.now() + 30 * DAY_MS, callBack);
  vi.setSystemTime(Date.now() + 30 * DAY_MS);
  vi.advanceTimersByTime(3_600_000);
  expect(callBack).toHaveBeenCalledOnce();
});

test('does not call back when it was disposed of', () => {
  const callBack = vi.fn();
  atTime(Date.now() + 2 * DAY_MS, callBack)[Symbol.dispose]();
  expect(vi.getTimerCount()).toBe(0);
});
