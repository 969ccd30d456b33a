import { expect, it } from 'vitest';
import { bytesOfText, printable } from './byte-string.ts';

it('shows bytes as one line that gives a terminal no command and hides nothing', () => {
  expect(printable(bytesOfText('Schnee ☃'))).toBe('Schnee ☃');
  const odd = `${bytesOfText('a\nb\u202e\u009b2J')}\xff`;
  expect(printable(odd)).toBe(String.raw`a\nb\u{202e}\u{9b}2J\xff`);
});
