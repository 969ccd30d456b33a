import { describe, expect, it } from 'vitest';
import { exitCode } from '../exit-code.ts';
import { Failure, unreachable } from '../failure.ts';
import { persistently, steadily } from './steadily.ts';

const gone = (): Error => unreachable('unix:/x', 'gone');

describe('steadily', () => {
  it('opens again when regd is gone, and tells once each time', async () => {
    const notes: string[] = [];
    let opened = 0;
    const open = async function* (): AsyncGenerator<number> {
      opened += 1;
      if (opened === 2 || opened === 3) throw gone();
      yield await Promise.resolve(opened);
      if (opened < 4) throw gone();
    };
    const seen: number[] = [];
    const patience = { signal: AbortSignal.any([]), note: (words: string) => notes.push(words) };
    for await (const number of steadily(open, patience)) seen.push(number);
    expect(seen).toEqual([1, 4]);
    expect(notes).toEqual([
      'regd is not reachable at unix:/x. Trying again until it is back.',
      'regd answers again.',
    ]);
  });

  it('opens again when regd has no room', async () => {
    const notes: string[] = [];
    let asked = 0;
    const ask = (): Promise<string> => {
      asked += 1;
      if (asked === 3) return Promise.resolve('answer');
      const { failed } = exitCode;
      return Promise.reject(new Failure('full', { exitCode: failed, code: 'TOO_MANY_CALLS' }));
    };
    const patience = { signal: AbortSignal.any([]), note: (words: string) => notes.push(words) };
    expect(await persistently(ask, patience)).toBe('answer');
    expect(notes).toEqual(['full. Trying again until there is room.', 'regd answers again.']);
  });

  it('passes other errors on', async () => {
    const patience = { signal: AbortSignal.any([]), note: () => undefined };
    const failing = persistently(() => Promise.reject(new TypeError('x')), patience);
    await expect(failing).rejects.toThrow(TypeError);
  });

  it('loses patience', async () => {
    const patience = { signal: AbortSignal.any([]), note: () => undefined, silenceMsMax: 100 };
    const failing = persistently(() => Promise.reject(gone()), patience);
    await expect(failing).rejects.toMatchObject({ code: 'REGD_UNREACHABLE' });
  });

  it('ends with the reason of the signal', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const patience = { signal: controller.signal, note: () => controller.abort(reason) };
    await expect(persistently(() => Promise.reject(gone()), patience)).rejects.toBe(reason);
  });
});
