import type { Progress } from '@permafrost/events';
import { MemoryJournal } from '@permafrost/events/testing';
import { beforeEach, expect, test } from 'vitest';
import { FakeClock } from '../testing/fake-clock.ts';
import { idOf } from '../testing/names.ts';
import { silentLog } from '../testing/silent-log.ts';
import { ProgressReporter } from './progress-reporter.ts';

const [workflow, instance] = [idOf('workflow'), idOf('instance')];

/** Keeps what was told, also after it was taken away. */
class WatchedBoard extends MemoryJournal {
  readonly told: Progress['phase'][] = [];

  override report(progress: Progress): Promise<void> {
    this.told.push(progress.phase);
    return super.report(progress);
  }
}

let clock: FakeClock;
let board: WatchedBoard;
let reporter: ProgressReporter;

beforeEach(() => {
  clock = new FakeClock();
  board = new WatchedBoard();
  reporter = new ProgressReporter({ board, clock, log: silentLog }, { workflow, instance });
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
  expect(board.told).toEqual(['waiting-for-lock', 'attributes']);
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
  expect(board.told).toEqual(['retrying']);
});
