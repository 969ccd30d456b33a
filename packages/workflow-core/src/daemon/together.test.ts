import { expect, test } from 'vitest';
import { settled } from '../testing/agenda.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { silentLog } from '../testing/silent-log.ts';
import type { Loop } from './runner.ts';
import { TaskLog } from './task-log.ts';
import { together } from './together.ts';

function loopOf(key: string): Loop<unknown> {
  return {
    keyOf: () => key,
    async *open() {
      yield await Promise.resolve(key);
    },
    concerns: () => [key],
    run: () => Promise.resolve(),
  };
}

test('each loop pauses as it will, and one that does not care for the time that it is told', async () => {
  const clock = new FakeClock();
  const { signal } = new AbortController();
  const hasty = { ...loopOf('hasty'), pause: () => Promise.resolve() };
  const loop = together(clock, hasty, loopOf('patient'));
  const back: string[] = [];
  for await (const task of loop.open(signal)) {
    void loop.pause?.(task, 100, signal, new TaskLog(silentLog)).then(() => back.push(task.key));
  }
  await settled();
  expect(back).toEqual(['hasty']);
  await clock.advance(99);
  expect(back).toEqual(['hasty']);
  await clock.advance(1);
  expect(back).toEqual(['hasty', 'patient']);
});
