import { decodeAnswer, randomUuid, type Inquiries, type Uuid } from '@permafrost/events';
import { MemoryJournal } from '@permafrost/events/testing';
import { beforeEach, describe, expect, test } from 'vitest';
import { settled } from '../testing/agenda.ts';
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

describe('an answer that is read slowly', () => {
  const clock = new FakeClock();
  const big = new Uint8Array(64 * 1024);
  let inquiries: Inquiries;
  let id: Uuid;

  beforeEach(async () => {
    ({ inquiries } = new MemoryJournal());
    id = randomUuid();
    const body = new Uint8Array();
    await inquiries.ask({ id, host: 'fs1', kind: 'echo', body, askedMs: clock.nowMs() });
  });

  const newSender = (signal = new AbortController().signal): AnswerSender =>
    new AnswerSender({ inquiries, clock }, { id, signal });

  /** Sends large items until one of them has to wait. Resolves to how many did not, and to that one. */
  async function sendUntilItWaits(sender: AnswerSender): Promise<[number, Promise<void>]> {
    for (let sent = 0; ; sent++) {
      const sending = sender.send(big);
      const waits = settled().then(() => true);
      if (await Promise.race([sending.then(() => false), waits])) return [sent, sending];
      await settled();
    }
  }

  test('is waited for at eight parts, until some of them were read', async () => {
    const sender = newSender();
    const [sent, waiting] = await sendUntilItWaits(sender);
    expect(sent).toBe(8);
    expect(await inquiries.unread(id)).toBe(8);
    await inquiries.read(id, 2);
    await clock.advance(50);
    await waiting;
    expect(await inquiries.unread(id)).toBe(7);
    expect(sender.isUnwanted).toBe(false);
  });

  test('holds nobody up who has little to add', async () => {
    const sender = newSender();
    for (let sent = 0; sent < 8; sent++) {
      await sender.send(big);
      await settled();
    }
    await sender.send(Uint8Array.of(1));
    await sender.send(Uint8Array.of(2));
    expect(await inquiries.read(id, 1)).toHaveLength(7);
    await clock.advance(50);
    await settled();
    const parts = await inquiries.read(id, 8);
    const items = parts.map(({ body }) => decodeAnswer(body).items);
    expect(items).toEqual([[Uint8Array.of(1), Uint8Array.of(2)]]);
  });

  test('is waited for no longer than ten minutes, and then nobody can have it', async () => {
    const sender = newSender();
    const [, waiting] = await sendUntilItWaits(sender);
    await clock.advance(9 * 60_000);
    expect(await inquiries.unread(id)).toBe(8);
    await clock.advance(2 * 60_000);
    await waiting;
    expect(sender.isUnwanted).toBe(true);
    expect(await inquiries.unread(id)).toBeUndefined();
  });

  test('is not waited for once its asker has left', async () => {
    const sender = newSender();
    const [, waiting] = await sendUntilItWaits(sender);
    await inquiries.drop(id);
    await clock.advance(50);
    await waiting;
    expect(sender.isUnwanted).toBe(true);
  });

  test('is not waited for when stad is to end', async () => {
    const stop = new AbortController();
    const [, waiting] = await sendUntilItWaits(newSender(stop.signal));
    stop.abort();
    await waiting;
    expect(await inquiries.unread(id)).toBe(9);
  });

  test('is not written any further once nobody wants it', async () => {
    const sender = newSender();
    await inquiries.drop(id);
    await sender.send(big);
    expect(sender.isUnwanted).toBe(true);
    let writes = 0;
    inquiries.answer = () => (writes++, Promise.resolve(undefined));
    await sender.send(big);
    await sender.end();
    expect(writes).toBe(0);
  });
});
