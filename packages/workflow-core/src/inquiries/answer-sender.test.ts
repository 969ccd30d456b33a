import { decodeAnswer, randomUuid } from '@permafrost/events';
import { MemoryJournal } from '@permafrost/events/testing';
import { expect, test } from 'vitest';
import { FakeClock } from '../testing/fake-clock.ts';
import { AnswerSender } from './answer-sender.ts';

/** More steps than a part takes to be written. */
const STEPS_MAX = 100;

test('loses no item, at whatever step of the writing of others it comes', async () => {
  const { inquiries } = new MemoryJournal();
  const clock = new FakeClock();
  const { signal } = new AbortController();
  const item = (number: number): Uint8Array => Uint8Array.of(number);
  for (let steps = 0; steps < STEPS_MAX; steps++) {
    const id = randomUuid();
    await inquiries.ask({ id, host: 'fs1', kind: 'echo', body: item(0), askedMs: clock.nowMs() });
    const sender = new AnswerSender({ inquiries, clock }, { id, signal });
    await sender.send(item(1));
    for (let step = 0; step < steps; step++) await Promise.resolve();
    await sender.send(item(2));
    await sender.end();
    const parts = await inquiries.read(id, 0);
    const items = parts.flatMap(({ body }) => decodeAnswer(body).items);
    expect(
      items.map((bytes) => bytes[0]),
      `after ${steps} steps`,
    ).toEqual([1, 2]);
  }
});
