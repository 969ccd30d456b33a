import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Lanes } from './lanes.ts';

describe('Lanes', () => {
  it('never runs more jobs than it has lanes, and all of them in the end', async () => {
    const lanes = new Lanes(2);
    let running = 0;
    const seen: number[] = [];
    for (let job = 0; job < 6; job++)
      await lanes.start(async () => {
        seen.push(++running);
        await setImmediate();
        running--;
      });
    await lanes.drain();
    expect(lanes.idle).toBe(true);
    expect(seen).toHaveLength(6);
    expect(Math.max(...seen)).toBe(2);
  });

  it('gives the error of a job to whoever starts or waits next, and drains in silence', async () => {
    const lanes = new Lanes(2);
    const error = new Error('lost');
    await lanes.start(() => Promise.reject(error));
    await expect(lanes.next()).rejects.toBe(error);
    await expect(lanes.start(() => Promise.resolve())).rejects.toBe(error);
    await lanes.drain();
  });
});
