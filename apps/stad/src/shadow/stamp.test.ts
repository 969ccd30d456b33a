import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { identLine, isoSeconds } from './stamp.ts';

const time = new Date('2026-11-24T02:11:13.987Z');

describe.each([
  ['UTC', '2026-11-24T02:11:13+00:00', '+0000'],
  ['Asia/Kolkata', '2026-11-24T07:41:13+05:30', '+0530'],
  ['America/St_Johns', '2026-11-23T22:41:13-03:30', '-0330'],
])('in %s', (zone, iso, offset) => {
  const before = process.env['TZ'];
  beforeEach(() => {
    process.env['TZ'] = zone;
  });
  afterEach(() => {
    if (before === undefined) delete process.env['TZ'];
    else process.env['TZ'] = before;
  });

  it('writes local time with its offset', () => {
    expect(isoSeconds(time)).toBe(iso);
    expect(identLine({ name: 'A', email: 'a@b' }, time)).toBe(`A <a@b> 1795486273 ${offset}`);
  });
});

describe('an identity', () => {
  it.each([
    ['A U Thor', 'A U Thor'],
    ['Ünal', Buffer.from('Ünal').toString('latin1')],
    ['  "A <b>\nfrom deadbeef\0".', 'A bfrom deadbeef'],
    ['<>', 'a@b'],
  ])('%j', (name, expected) => {
    expect(identLine({ name, email: '<a@b>' }, time)).toMatch(`${expected} <a@b> `);
  });
});
