import { JournalUnavailableError, type Presence } from '@permafrost/events';
import { MemoryJournal } from '@permafrost/events/testing';
import { beforeEach, describe, expect, it, test } from 'vitest';
import { settled } from '../testing/agenda.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { idOf } from '../testing/names.ts';
import { RecordingLog } from '../testing/recording-log.ts';
import {
  forgetReplaced,
  HEARTBEAT_MS,
  isAlive,
  isHeard,
  isServed,
  keepPresent,
  stadsOf,
} from './presence.ts';

const instance = idOf('instance');
const who = { instance, daemon: 'stad', host: 'fs1', pid: 1, version: '1' } as const;
const silenceMsMax = 4 * HEARTBEAT_MS;
const down = new JournalUnavailableError('locked');

let clock: FakeClock;
let board: MemoryJournal;
let log: RecordingLog;

beforeEach(() => {
  clock = new FakeClock();
  board = new MemoryJournal();
  log = new RecordingLog();
});

const beat = (more: Partial<Presence> = {}): Promise<void> =>
  board.announce({ ...who, sinceMs: 0, heartbeatMs: 0, ...more });

describe('a daemon', () => {
  it.each([
    [0, true],
    [silenceMsMax, true],
    [silenceMsMax + 1, false],
  ])('whose last heartbeat was %i ms ago is alive: %s', async (nowMs, alive) => {
    await beat();
    expect(isAlive({ ...who, sinceMs: 0, heartbeatMs: 0 }, nowMs)).toBe(alive);
    expect(await isHeard(board, instance, nowMs)).toBe(alive);
    expect(await isServed(board, 'fs1', nowMs)).toBe(alive);
  });

  test('is not heard that has not announced itself, whoever else has', async () => {
    await beat({ instance: idOf('other') });
    expect(await isHeard(board, instance, 0)).toBe(false);
  });

  test('is not heard while the journal is down; but a defect is no silence', async () => {
    const failing = (error: Error) => ({ present: () => Promise.reject(error) });
    const bug = new TypeError('undefined is not a function');
    expect(await isHeard(failing(down), instance, 0)).toBe(false);
    await expect(isHeard(failing(bug), instance, 0)).rejects.toBe(bug);
  });

  test('serves a host only if it is a stad, and of that host', async () => {
    await beat({ instance: idOf('regd'), daemon: 'regd' });
    await beat({ instance: idOf('elsewhere'), host: 'fs2' });
    expect(await isServed(board, 'fs1', 0)).toBe(false);
    // One that is gone does not hide one that is there.
    await beat({ instance: idOf('gone'), heartbeatMs: -1_000_000 });
    await beat();
    expect(await isServed(board, 'fs1', 0)).toBe(true);
    expect((await stadsOf(board, 'fs1')).map((stad) => stad.instance)).toEqual([
      idOf('gone'),
      instance,
    ]);
  });
});

describe('who keeps present', () => {
  function attend(): { leave: () => Promise<void> } {
    const stop = new AbortController();
    const attendance = keepPresent(who, { board, clock, log, signal: stop.signal });
    return {
      leave: () => {
        stop.abort();
        return attendance;
      },
    };
  }

  test('is seen at once and for as long as it runs, and gone afterwards', async () => {
    const sinceMs = clock.nowMs();
    const { leave } = attend();
    await settled();
    expect(await board.present()).toEqual([{ ...who, sinceMs, heartbeatMs: sinceMs }]);
    await clock.advance(10 * HEARTBEAT_MS);
    const heartbeatMs = sinceMs + 10 * HEARTBEAT_MS;
    expect(await board.present()).toEqual([{ ...who, sinceMs, heartbeatMs }]);
    await leave();
    expect(await board.present()).toEqual([]);
    expect(log.lines).toEqual([]);
  });

  test('goes on when the journal is down for a while, and logs it each time', async () => {
    const announce = board.announce.bind(board);
    board.announce = () => Promise.reject(down);
    const { leave } = attend();
    await clock.advance(HEARTBEAT_MS);
    expect(log.lines).toMatchObject(
      Array.from({ length: 2 }, () => ({ level: 'warn', err: down })),
    );
    board.announce = announce;
    await clock.advance(HEARTBEAT_MS);
    expect(await isHeard(board, instance, clock.nowMs())).toBe(true);
    board.withdraw = () => Promise.reject(down);
    await leave();
    expect(log.lines).toHaveLength(3);
  });

  test('ends with a defect', async () => {
    const bug = new TypeError('undefined is not a function');
    board.announce = () => Promise.reject(bug);
    await expect(
      keepPresent(who, { board, clock, log, signal: new AbortController().signal }),
    ).rejects.toBe(bug);
  });
});

describe('who has been silent for long', () => {
  const nowMs = 1000;
  const left = async (): Promise<readonly string[]> => {
    await forgetReplaced(board, { silentMs: 100, nowMs });
    return (await board.present()).map((one) => one.instance);
  };

  test('is forgotten once another one has come in its place', async () => {
    await beat({ heartbeatMs: 899 });
    await beat({ instance: idOf('next'), heartbeatMs: 950 });
    expect(await left()).toEqual([idOf('next')]);
  });

  it.each<[string, Partial<Presence>]>([
    ['nobody else is there', { heartbeatMs: 0 }],
    ['who came was a daemon of another kind', { daemon: 'regd', heartbeatMs: nowMs }],
    ['who came serves another host', { host: 'fs2', heartbeatMs: nowMs }],
  ])('is remembered if %s', async (_why, other) => {
    await beat({ heartbeatMs: 1 });
    await beat({ instance: idOf('other'), ...other });
    expect(await left()).toContain(instance);
  });

  test('is remembered for a while: it may hang, and hold a lock', async () => {
    await beat({ heartbeatMs: 900 });
    await beat({ instance: idOf('next'), heartbeatMs: nowMs });
    expect(await left()).toHaveLength(2);
  });
});
