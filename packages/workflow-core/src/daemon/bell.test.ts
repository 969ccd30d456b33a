import { Draft, MemoryJournal } from '@permafrost/events/testing';
import { beforeEach, expect, test } from 'vitest';
import { FakeClock } from '../testing/fake-clock.ts';
import { Bell } from './bell.ts';

const LONG_MS = 5000;
const never = new AbortController().signal;

let journal: MemoryJournal;
let clock: FakeClock;

beforeEach(() => {
  journal = new MemoryJournal();
  clock = new FakeClock();
});

test('who waits is woken by a ring, and told whether there was one', async () => {
  using bell = new Bell(journal, clock);
  const silent = bell.next(LONG_MS, never);
  await clock.advance(LONG_MS);
  expect(await silent).toBe(false);
  const woken = bell.next(LONG_MS, never);
  bell.ring();
  expect(await woken).toBe(true);
});

test('a ring that nobody waits for is heard by the next, and by nobody after', async () => {
  using bell = new Bell(journal, clock);
  bell.ring();
  bell.ring();
  expect(await bell.next(LONG_MS, never)).toBe(true);
  const next = bell.next(LONG_MS, never);
  await clock.advance(LONG_MS);
  expect(await next).toBe(false);
});

test('who is told to stop does not wait', async () => {
  using bell = new Bell(journal, clock);
  expect(await bell.next(LONG_MS, AbortSignal.abort())).toBe(false);
});

test('the journal rings it until it is disposed of', async () => {
  let listeners = 0;
  const subscribe = (listener: () => void): (() => void) => {
    listeners++;
    const unsubscribe = journal.subscribe(listener);
    return () => {
      listeners--;
      unsubscribe();
    };
  };
  {
    using bell = new Bell({ subscribe }, clock);
    const woken = bell.next(LONG_MS, never);
    await journal.commit([new Draft().append()]);
    expect(await woken).toBe(true);
    expect(listeners).toBe(1);
  }
  expect(listeners).toBe(0);
});
