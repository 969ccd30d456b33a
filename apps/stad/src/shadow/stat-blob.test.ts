import { describe, expect, it } from 'vitest';
import { bytesOfText } from '../byte-string.ts';
import { blobId, fileBlob, parseBlob, topBlob } from './stat-blob.ts';
import { Tally } from './tally.ts';

const nameLine = (name: string): string | undefined =>
  fileBlob(name, { size: 0n, mtimeS: 0 }).split('\n')[0];

describe('a name in a text', () => {
  it.each([
    ['plain', 'plain.txt', '"plain.txt"'],
    ['quote and backslash', 'a"b\\c', '"a\\"b\\\\c"'],
    ['short escapes', '\b\t\n\f\r', '"\\b\\t\\n\\f\\r"'],
    ['other control characters', '\x01\x1f\x7f', '"\\u0001\\u001f\\u007f"'],
    ['not escaped', "<>&/'", '"<>&/\'"'],
    ['UTF-8', bytesOfText('Zoë-漢🧊\u0085\u2028'), bytesOfText('"Zoë-漢🧊\u0085\u2028"')],
    ['not UTF-8', 'a\xff\xfeb', bytesOfText('"a\ufffd\ufffdb"')],
  ])('%s', (_, name, json) => {
    expect(nameLine(name)).toBe(`name: ${json}`);
  });
});

it('gives a blob the id that git gives it', () => {
  expect(blobId('')).toBe('e69de29bb2d1d6434b8b29ae775ad8c2e48c5391');
  expect(blobId(bytesOfText('no such ❄'))).toBe('9465a499c3191ed3cfd630a3e5333d09095e19db');
});

it('reads back what it wrote, and passes over what is no pair', () => {
  const counts = new Tally();
  const git = { head: 'a'.repeat(40), mtimeS: 7, counts };
  const text = topBlob({ mtimeS: -1, counts, attrs: 'i', git });
  const values = parseBlob(Buffer.from(`${text}no pair\nodd: "quote\n`));
  expect(values.get('name')).toBe('root');
  expect(values.get('mtime')).toBe('-1');
  expect(values.get('attrs')).toBe('i');
  expect(values.get('git')).toBe('a'.repeat(40));
  expect(values.get('odd')).toBe('"quote');
});
