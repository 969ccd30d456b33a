import { JournalUnavailableError, type Progress } from '@permafrost/events';
import { MemoryJournal } from '@permafrost/events/testing';
import { beforeEach, describe, expect, test } from 'vitest';
import { FilesFault, type TreeSize } from '../ports/files.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { idOf } from '../testing/names.ts';
import { RecordingLog } from '../testing/recording-log.ts';
import { ProgressReporter } from './progress-reporter.ts';
import { TaskLog } from './task-log.ts';

const [workflow, instance] = [idOf('workflow'), idOf('instance')];

/** Keeps what was told, also after it was taken away. */
class WatchedBoard extends MemoryJournal {
  readonly told: Progress[] = [];

  get phases(): Progress['phase'][] {
    return this.told.map(({ phase }) => phase);
  }

  override report(progress: Progress): Promise<void> {
    this.told.push(progress);
    return super.report(progress);
  }
}

const open = (): Promise<ProgressReporter> =>
  ProgressReporter.open(
    { board, clock, log: new TaskLog(log) },
    { workflow, direction: 'freeze', instance },
  );

let clock: FakeClock;
let log: RecordingLog;
let board: WatchedBoard;
let reporter: ProgressReporter;

beforeEach(async () => {
  clock = new FakeClock();
  log = new RecordingLog();
  board = new WatchedBoard();
  reporter = await open();
});

test('work that is soon over is not told of', async () => {
  reporter.enter('waiting-for-lock');
  await clock.advance(50);
  reporter.enter('attributes');
  reporter.step({ entriesDone: 1, bytesDone: 1, path: '/a' });
  await reporter.end();
  await clock.advance(10_000);
  expect(board.told).toEqual([]);
});

test('work that lasts is told of, also when it does not go on', async () => {
  reporter.enter('waiting-for-lock');
  await clock.advance(10_000);
  expect(await board.progress(workflow)).toMatchObject({ phase: 'waiting-for-lock', instance });
  reporter.enter('attributes');
  await reporter.end();
  expect(board.phases).toEqual(['waiting-for-lock', 'attributes']);
  expect(await board.progress(workflow)).toBeUndefined();
});

test('the last look at what was set is a phase of its own', async () => {
  reporter.enter('attributes');
  await clock.advance(1000);
  reporter.step({ entriesDone: 1, entriesTotal: 2, bytesDone: 0, path: '/a', isVerifying: true });
  await clock.advance(1000);
  const told = await board.progress(workflow);
  expect(told).toMatchObject({ phase: 'verify', entriesTotal: 2 });
  expect(told).not.toHaveProperty('isVerifying');
});

test('what needs a word is told at once', async () => {
  reporter.enter('waiting-for-lock');
  reporter.enter('retrying', 'disk is full');
  reporter[Symbol.dispose]();
  await clock.advance(10_000);
  expect(await board.progress(workflow)).toMatchObject({ message: 'disk is full' });
  expect(board.phases).toEqual(['retrying']);
});

test('a few times a second are enough', async () => {
  reporter.enter('attributes');
  await clock.advance(1000);
  const before = board.told.length;
  for (let done = 1; done <= 1000; done++) {
    reporter.step({ entriesDone: done, bytesDone: 0, path: '/a' });
    await clock.advance(10);
  }
  expect(board.told.length - before).toBeGreaterThan(30);
  expect(board.told.length - before).toBeLessThanOrEqual(40);
});

test('a rate is that of the phase, and is told as soon as there is one', async () => {
  reporter.enter('attributes');
  await clock.advance(500);
  reporter.step({ entriesDone: 100, bytesDone: 0, path: '/a' });
  await clock.advance(500);
  reporter.step({ entriesDone: 300, bytesDone: 0, path: '/a', isVerifying: true });
  await clock.advance(500);
  reporter.step({ entriesDone: 400, bytesDone: 0, path: '/a', isVerifying: true });
  await clock.advance(0);
  expect(board.told.map(({ perSecond }) => perSecond)).toEqual([undefined, 200, undefined, 200]);
});

test('is told after a quarter of a second, and then no sooner than after another', async () => {
  reporter.enter('attributes');
  await clock.advance(249);
  expect(board.told).toHaveLength(0);
  await clock.advance(1);
  expect(board.told).toHaveLength(1);
  const stepAfter = async (ms: number): Promise<number> => {
    await clock.advance(ms);
    reporter.step({ entriesDone: 1, bytesDone: 0, path: '/a' });
    await clock.advance(0);
    return board.told.length;
  };
  expect(await stepAfter(0)).toBe(2);
  expect(await stepAfter(249)).toBe(2);
  expect(await stepAfter(1)).toBe(3);
});

test('is told one after the other, and taken away only once all is told', async () => {
  const first = Promise.withResolvers<undefined>();
  const { told } = board;
  board.report = (progress) => {
    told.push(progress);
    return told.length === 1 ? first.promise : Promise.resolve();
  };
  let clears = 0;
  board.clear = async () => {
    clears += await Promise.resolve(1);
  };
  reporter.enter('retrying', 'disk is full');
  reporter.enter('attributes');
  const ended = reporter.end();
  await clock.advance(1000);
  expect([board.phases, clears]).toEqual([['retrying'], 0]);
  first.resolve(undefined);
  await ended;
  expect([board.phases, clears]).toEqual([['retrying', 'attributes'], 1]);
});

test('work that was let go of before it lasted is told to nobody', async () => {
  reporter.enter('attributes');
  reporter[Symbol.dispose]();
  await clock.advance(1000);
  expect(board.told).toEqual([]);
});

describe('a noticeboard', () => {
  const down = new JournalUnavailableError('locked');
  const bug = new TypeError('undefined is not a function');

  test('that fails is logged each time, and work goes on', async () => {
    const fail = () => Promise.reject(down);
    Object.assign(board, { progress: fail, report: fail, clear: fail });
    reporter = await open();
    reporter.enter('retrying', 'disk is full');
    await reporter.end();
    const line = { level: 'warn', err: down };
    expect(log.lines).toMatchObject([line, line, line]);
  });

  test('with a defect is heard of', async () => {
    const fail = () => Promise.reject(bug);
    board.clear = fail;
    await expect(reporter.end()).rejects.toBe(bug);
    board.progress = fail;
    await expect(open()).rejects.toBe(bug);
  });
});

test('the log learns the steps', () => {
  reporter.enter('attributes');
  reporter.step({ entriesDone: 1, bytesDone: 0, path: '/a' });
  reporter.step({ entriesDone: 1, bytesDone: 0, path: '/a', isVerifying: true });
  reporter.enter('retrying', 'disk is full');
  expect(log.lines.map(({ step }) => step)).toEqual(['stad:set-immutable', 'stad:verify']);
});

describe('how much there is', () => {
  const step = { bytesDone: 0, path: '/a' };

  test('stays known once a pass has told it, however little time it took', async () => {
    reporter.enter('checking');
    reporter.step({ ...step, entriesDone: 9, entriesTotal: 9, bytesDone: 50, bytesTotal: 50 });
    reporter.enter('attributes');
    reporter.step({ ...step, entriesDone: 10, entriesTotal: 10 });
    reporter.enter('snapshot');
    await clock.advance(1000);
    reporter.step({ ...step, entriesDone: 2, bytesDone: 20 });
    await clock.advance(0);
    const figures = { entriesDone: 2, entriesTotal: 10, bytesDone: 20, bytesTotal: 50 };
    expect(board.told.at(-1)).toMatchObject(figures);
  });

  test('is no longer known once there turns out to be more', async () => {
    reporter.enter('checking');
    await clock.advance(1000);
    reporter.step({ ...step, entriesDone: 9, entriesTotal: 8, bytesDone: 9, bytesTotal: 9 });
    await clock.advance(0);
    expect(board.told.at(-1)).toMatchObject({ entriesTotal: undefined, bytesTotal: 9 });
  });

  test('is still known after a restart of stad', async () => {
    reporter.enter('attributes');
    await clock.advance(1000);
    reporter.step({ ...step, entriesDone: 3, entriesTotal: 8, bytesTotal: 90 });
    await clock.advance(0);
    // Killed: nothing is taken away.
    reporter[Symbol.dispose]();
    reporter = await open();
    reporter.enter('waiting-for-lock');
    await clock.advance(1000);
    const kept = {
      entriesDone: 0,
      entriesTotal: 8,
      bytesTotal: 90,
      startedMs: clock.nowMs() - 1000,
    };
    expect(board.told.at(-1)).toMatchObject(kept);
  });

  test('is asked for where nothing has told it, and only if work lasts', async () => {
    let asked = 0;
    const ask = (): Promise<TreeSize> => Promise.resolve({ entries: 70, bytes: ++asked });
    const expected = reporter.expect(ask);
    await clock.advance(100);
    expect(asked).toBe(0);
    await clock.advance(1000);
    await expected;
    reporter.enter('attributes');
    await clock.advance(0);
    expect(board.told.at(-1)).toMatchObject({ entriesTotal: 70, bytesTotal: 1 });
    await reporter.expect(ask);
    expect(asked).toBe(1);
  });

  test('is not asked for once the work is over', async () => {
    const expected = reporter.expect(() => Promise.reject(new Error('asked')));
    await reporter.end();
    await expect(expected).resolves.toBeUndefined();
  });

  test('is nothing to warn of when the work is over before the answer', async () => {
    const answer = Promise.withResolvers<TreeSize>();
    const expected = reporter.expect(() => answer.promise);
    await clock.advance(1000);
    await reporter.end();
    answer.reject(new FilesFault('FILES_CANCELLED', 'git was stopped', { retry: 'later' }));
    await expected;
    expect(log.lines).toEqual([]);
  });

  test('is unknown where it cannot be told, and work goes on', async () => {
    const cause = new FilesFault('FILES_GIT_FAILED', 'no git', { retry: 'never' });
    const expected = reporter.expect(() => Promise.reject(cause));
    reporter.enter('attributes');
    await clock.advance(1000);
    await expected;
    expect(log.lines).toContainEqual(expect.objectContaining({ level: 'warn', err: cause }));
    expect(board.told.at(-1)).toMatchObject({ entriesTotal: undefined });
  });

  test('is what a pass has counted, also where the answer comes later', async () => {
    const answer = Promise.withResolvers<TreeSize>();
    const expected = reporter.expect(() => answer.promise);
    await clock.advance(1000);
    reporter.step({ ...step, entriesDone: 5, entriesTotal: 5 });
    answer.resolve({ entries: 70, bytes: 1 });
    await expected;
    reporter.enter('snapshot');
    await clock.advance(0);
    expect(board.told.at(-1)).toMatchObject({ entriesTotal: 5 });
  });
});
