import { JournalUnavailableError } from '@permafrost/events';
import { FakeClock, silentLog } from '@permafrost/workflow-core/testing';
import { expect, test } from 'vitest';
import { regularly } from './regularly.ts';

test('runs now and then, also after a fault, until it is told to stop', async () => {
  const clock = new FakeClock();
  const stop = new AbortController();
  const ranAtMs: number[] = [];
  const startMs = clock.nowMs();
  const routine = {
    purpose: 'test',
    firstAfterMs: 10,
    everyMs: 100,
    work: () => {
      ranAtMs.push(clock.nowMs() - startMs);
      return Promise.reject(new JournalUnavailableError('busy'));
    },
  };
  const running = regularly(routine, { clock, log: silentLog }, stop.signal);
  await clock.advance(250);
  stop.abort();
  await running;
  expect(ranAtMs).toEqual([10, 110, 210]);
});

test('does not hide a defect', async () => {
  const clock = new FakeClock();
  const work = () => Promise.reject(new Error('a bug'));
  const routine = { purpose: 'test', firstAfterMs: 0, everyMs: 100, work };
  const { signal } = new AbortController();
  const running = regularly(routine, { clock, log: silentLog }, signal);
  const failing = expect(running).rejects.toThrow('a bug');
  await clock.advance(1);
  await failing;
});
