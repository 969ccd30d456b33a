import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byteName, bytesOf, printableName, printed } from './names.ts';

describe('names as bytes', () => {
  it('keep every byte', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect([...bytesOf(byteName(bytes))]).toEqual([...bytes]);
      }),
    );
  });
});

describe('printableName', () => {
  it.each([
    [Buffer.from('plain.dat'), 'plain.dat'],
    [Buffer.from('Schnee ☃ 🧊'), 'Schnee ☃ 🧊'],
    [Buffer.from('two\nlines\r'), 'two\\nlines\\u{d}'],
    [Buffer.from([0x61, 0xff, 0x62]), 'a\\xffb'],
    [Buffer.from([0xe2, 0x98]), '\\xe2\\x98'],
    [Buffer.from('\u009b2J'), '\\u{9b}2J'],
    [Buffer.from('\u202egnp.exe\u2028'), '\\u{202e}gnp.exe\\u{2028}'],
  ])('shows %j as %s', (bytes, shown) => {
    expect(printableName(bytes)).toBe(shown);
    expect(printed(byteName(bytes))).toBe(shown);
  });

  it('is one line of well-formed text, whatever the bytes are', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const shown = printableName(bytes);
        expect(shown.isWellFormed()).toBe(true);
        expect(shown).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
      }),
    );
  });
});
