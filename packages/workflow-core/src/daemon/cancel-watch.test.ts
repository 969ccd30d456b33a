// What ends a watch, and what does not; that stad obeys it is told by the tests of its loop.
import { JournalUnavailableError } from '@permafrost/events';
import { MemoryJournal } from '@permafrost/events/testing';
import { beforeEach, describe, expect, it, test } from 'vitest';
import { FakeClock } from '../testing/fake-clock.ts';
import { idOf } from '../testing/names.ts';
import { RecordingLog } from '../testing/recording-log.ts';
import { CancelWatch } from './cancel-watch.ts';

const workflowId = idOf('workflow');
const LOOK_MS = 250;

let clock: FakeClock;
let board: MemoryJournal;
let log: RecordingLog;
let stop: AbortController;
/** How often somebody looked, and what the next look finds. */
let looks: number;
let isDue: () => Promise<boolean>;

beforeEach(() => {
  clock = new FakeClock();
  board = new MemoryJournal();
  log = new RecordingLog();
  stop = new AbortController();
  looks = 0;
  isDue = () => Promise.resolve(true);
});

function watching(): CancelWatch {
  const subject = {
    workflowId,
    stopping: stop.signal,
    isDue: () => {
      looks++;
      return isDue();
    },
  };
  return new CancelWatch({ board, clock, log }, subject);
}

const request = { workflow: workflowId, by: 'B', reason: 'later', atMs: 0 };
const endOf = ({ signal, isOver, request }: CancelWatch): object => ({
  aborted: signal.aborted,
  isOver,
  request,
});
const goesOn = { aborted: false, isOver: false, request: undefined };

describe('a watch', () => {
  test('looks again and again, and lets work go on, until it is disposed of', async () => {
    const watch = watching();
    await clock.advance(10 * LOOK_MS);
    expect(looks).toBe(10);
    expect(endOf(watch)).toEqual(goesOn);
    await watch[Symbol.asyncDispose]();
    await clock.advance(10 * LOOK_MS);
    expect(looks).toBe(10);
  });

  it.each<[string, () => unknown, object]>([
    ['somebody wants it cancelled', () => board.askToCancel(request), { isOver: false, request }],
    [
      'the files are not due any more',
      () => (isDue = () => Promise.resolve(false)),
      { isOver: true, request: undefined },
    ],
    ['the daemon stops', () => stop.abort(), { isOver: false, request: undefined }],
  ])('ends the work when %s, and looks no more', async (_, happen, end) => {
    await using watch = watching();
    await clock.advance(LOOK_MS);
    await happen();
    await clock.advance(LOOK_MS);
    expect(endOf(watch)).toEqual({ ...end, aborted: true });
    const before = looks;
    await clock.advance(10 * LOOK_MS);
    expect(looks).toBe(before);
  });

  test('has no use for a wish once the files are not due', async () => {
    await using watch = watching();
    await board.askToCancel(request);
    isDue = () => Promise.resolve(false);
    await watch.look();
    expect(endOf(watch)).toEqual({ aborted: true, isOver: true, request: undefined });
  });

  test('does not take back what it has found', async () => {
    await using watch = watching();
    await board.askToCancel(request);
    await watch.look();
    await board.clear(workflowId);
    await board.askToCancel({ ...request, by: 'C' });
    await watch.look();
    expect(watch.request).toEqual(request);
    isDue = () => Promise.resolve(false);
    await watch.look();
    isDue = () => Promise.resolve(true);
    await watch.look();
    expect(watch.isOver).toBe(true);
  });

  test('logs a journal that is down, lets work go on, and looks again', async () => {
    const down = new JournalUnavailableError('locked');
    await using watch = watching();
    isDue = () => Promise.reject(down);
    await clock.advance(LOOK_MS);
    expect(log.lines).toMatchObject([{ level: 'warn', err: down }]);
    expect(endOf(watch)).toEqual(goesOn);
    isDue = () => Promise.resolve(true);
    await board.askToCancel(request);
    await clock.advance(LOOK_MS);
    expect(watch.request).toEqual(request);
  });

  test('is disposed of only once a look under way has ended, and tells its defect', async () => {
    const answer = Promise.withResolvers<boolean>();
    const watch = watching();
    isDue = () => answer.promise;
    await clock.advance(LOOK_MS);
    let isDisposed = false;
    const disposal = watch[Symbol.asyncDispose]().finally(() => (isDisposed = true));
    const heard = expect(disposal).rejects.toThrow(TypeError);
    await clock.advance(LOOK_MS);
    expect(isDisposed).toBe(false);
    answer.reject(new TypeError('undefined is not a function'));
    await heard;
  });
});
