// What questions and answers must do, run on every adapter.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { randomUuid } from '../ids/uuid.ts';
import type { Inquiries, Inquiry } from '../journal/inquiries.ts';
import type { Journal } from '../journal/journal.ts';
import { WakeUps } from './wake-ups.ts';

/** New, empty inquiries under test. */
export interface InquiriesFixture {
  journal: Pick<Journal, 'close' | 'end' | 'subscribe'> & { readonly inquiries: Inquiries };
  /** Closes all handles, and removes what was stored. */
  close: () => Promise<void>;
}

/** Registers the tests of the {@link Inquiries} contract under a name. */
export function inquiriesSuite(name: string, open: () => Promise<InquiriesFixture>): void {
  describe(`${name}: inquiries`, () => {
    let fixture: InquiriesFixture;
    let inquiries: Inquiries;

    beforeEach(async () => {
      fixture = await open();
      inquiries = fixture.journal.inquiries;
    });

    afterEach(() => fixture.close());

    test('are shown to their host only, oldest first, and wake those who listen', async () => {
      const [late, early] = [inquiry({ askedMs: 2 }), inquiry({ askedMs: 1 })];
      const wakeUps = new WakeUps(fixture.journal);
      const woken = wakeUps.next();
      await inquiries.ask(late);
      await woken;
      await inquiries.ask(early);
      await inquiries.ask(inquiry({ host: 'other' }));
      expect(await inquiries.open('files')).toEqual([early, late]);
      wakeUps.stop();
    });

    test('are taken by one daemon', async () => {
      const asked = inquiry();
      const [first, second] = [randomUuid(), randomUuid()];
      await inquiries.ask(asked);
      expect(await inquiries.takenBy(asked.id)).toBeUndefined();
      expect(await inquiries.take(asked.id, first)).toBe(true);
      expect(await inquiries.take(asked.id, second)).toBe(false);
      expect(await inquiries.takenBy(asked.id)).toBe(first);
      expect(await inquiries.open('files')).toEqual([]);
    });

    test('are answered in parts, which wake those who listen', async () => {
      const asked = inquiry();
      await inquiries.ask(asked);
      const wakeUps = new WakeUps(fixture.journal);
      const woken = wakeUps.next();
      expect(await inquiries.answer(asked.id, part(1))).toBe(1);
      await woken;
      wakeUps.stop();
      expect(await inquiries.answer(asked.id, part(2))).toBe(2);
      expect(await inquiries.read(asked.id, 0)).toEqual([part(1), part(2)]);
      expect(await inquiries.answer(asked.id, part(3, true))).toBe(3);
      expect(await inquiries.read(asked.id, 2)).toEqual([part(3, true)]);
      expect(await inquiries.read(asked.id, 0)).toEqual([part(3, true)]);
    });

    test('tell the one who answers how much was not read yet', async () => {
      const asked = inquiry();
      await inquiries.ask(asked);
      for (const sequence of [1, 2, 3]) await inquiries.answer(asked.id, part(sequence));
      await inquiries.read(asked.id, 2);
      expect(await inquiries.unread(asked.id)).toBe(1);
      expect(await inquiries.answer(asked.id, part(4))).toBe(2);
      expect(await inquiries.unread(randomUuid())).toBeUndefined();
    });

    test('are gone once dropped, whatever comes later', async () => {
      const asked = inquiry();
      await inquiries.ask(asked);
      await inquiries.take(asked.id, randomUuid());
      await inquiries.answer(asked.id, part(1));
      await inquiries.drop(asked.id);
      await inquiries.drop(asked.id);
      expect(await inquiries.answer(asked.id, part(2))).toBeUndefined();
      expect(await inquiries.read(asked.id, 0)).toEqual([]);
      expect(await inquiries.takenBy(asked.id)).toBeUndefined();
      expect(await inquiries.take(asked.id, randomUuid())).toBe(false);
    });

    test('are dropped when they are old', async () => {
      const [old, young] = [inquiry({ askedMs: 10 }), inquiry({ askedMs: 20 })];
      await inquiries.ask(old);
      await inquiries.ask(young);
      await inquiries.dropOlder(20);
      expect(await inquiries.open('files')).toEqual([young]);
    });

    test('write no events, and answer nothing once closed', async () => {
      const asked = inquiry();
      await inquiries.ask(asked);
      await inquiries.answer(asked.id, part(1));
      expect(await fixture.journal.end()).toBe(0);
      await fixture.journal.close();
      const closed = { code: 'JOURNAL_CLOSED' };
      await expect(inquiries.ask(inquiry())).rejects.toMatchObject(closed);
      await expect(inquiries.open('files')).rejects.toMatchObject(closed);
      await expect(inquiries.take(asked.id, randomUuid())).rejects.toMatchObject(closed);
      await expect(inquiries.takenBy(asked.id)).rejects.toMatchObject(closed);
      await expect(inquiries.answer(asked.id, part(2))).rejects.toMatchObject(closed);
      await expect(inquiries.unread(asked.id)).rejects.toMatchObject(closed);
      await expect(inquiries.read(asked.id, 0)).rejects.toMatchObject(closed);
      await expect(inquiries.drop(asked.id)).rejects.toMatchObject(closed);
      await expect(inquiries.dropOlder(0)).rejects.toMatchObject(closed);
    });
  });
}

function inquiry(more: Partial<Inquiry> = {}): Inquiry {
  return {
    id: randomUuid(),
    host: 'files',
    kind: 'plan',
    body: Buffer.from([0, 1, 255]),
    askedMs: 1_700_000_000_000,
    ...more,
  };
}

function part(sequence: number, isLast = false) {
  return { sequence, body: Buffer.from([sequence, 0]), isLast };
}
