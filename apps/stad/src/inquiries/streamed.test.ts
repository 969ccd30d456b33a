import { expect, it } from 'vitest';
import { streamed } from './streamed.ts';

it('hands on each item, then the error', async () => {
  const cause = new Error('gone');
  const items: number[] = [];
  const reading = (async () => {
    const work = async (tell: (item: number) => Promise<void>): Promise<void> => {
      for (let i = 0; i < 1000; i++) await tell(i);
      throw cause;
    };
    for await (const item of streamed(work)) items.push(item);
  })();
  await expect(reading).rejects.toBe(cause);
  expect(items).toEqual(Array.from({ length: 1000 }, (_, i) => i));
});

it('does not run far ahead of the reader, and ends with it', async () => {
  let told = 0;
  let hasEnded = false;
  const work = async (tell: (item: number) => Promise<void>): Promise<void> => {
    try {
      for (;;) await tell(told++);
    } finally {
      hasEnded = true;
    }
  };
  for await (const item of streamed(work)) if (item === 10) break;
  expect(told).toBeLessThan(15);
  expect(hasEnded).toBe(true);
});
