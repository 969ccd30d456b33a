// How things look: tables, times, and what must not reach the terminal.
import pc from 'picocolors';
import { describe, expect, it } from 'vitest';
import { printable } from './printable.ts';
import { form, table } from './table.ts';
import { widthOf, wrap } from './wrap.ts';
import { clockTime, span, timeAgo } from './time.ts';

const plain = { paint: pc.createColors(false), columns: 80 };
const colourful = { paint: pc.createColors(true), columns: 80 };

describe('table', () => {
  it.each([20, 40, 80, 200])('fits %d columns and loses nothing', (columns) => {
    const path = `/data/${'x'.repeat(100)}`;
    const drawn = table(['PATH', 'STATE'], [[path, 'frozen']], { ...plain, columns });
    for (const line of drawn.split('\n')) expect(line.length).toBeLessThanOrEqual(columns);
    expect(drawn.replaceAll(/PATH|STATE|frozen|\s/g, '')).toBe(path);
  });

  it('does not count colours as width', () => {
    const rows = [[colourful.paint.green('a'.repeat(70)), 'b']];
    expect(table(['X', 'Y'], rows, colourful).split('\n')).toHaveLength(2);
  });

  it('breaks words before it breaks ids', () => {
    const id = '0b0a8c5e-6f0c-4f2a-9d1e-6a4c1f0e7b11';
    const rows = [[id, 'waiting for stad on host localhost (not running)', 'A U Thor']];
    const drawn = table(['ID', 'STATE', 'AUTHOR'], rows, plain);
    expect(drawn).toContain(id);
    expect(drawn).toMatch(/waiting for stad on host {2}/);
  });

  it.each([
    ['a b c', 3, 'a b\nc'],
    ['abcdef gh', 4, 'abcd\nef\ngh'],
    ['ab cdefgh', 4, 'ab\ncdef\ngh'],
    ['abcd ', 4, 'abcd '],
    ['', 4, ''],
  ])('wraps %j at %d', (text, columns, wrapped) => expect(wrap(text, columns)).toBe(wrapped));

  it('keeps a colour over a wrapped line', () => {
    const { red } = colourful.paint;
    expect(wrap(red('abcd'), 2)).toBe(red('ab\ncd'));
  });

  it('counts wide and composed characters as terminals do', () => {
    expect(widthOf('\u65e5\u672c')).toBe(4);
    expect(widthOf('e\u0301')).toBe(1);
  });
});

it('a form leaves out what is empty', () => {
  const fields = [
    ['a', '1'],
    ['long name', ''],
    ['b', '2'],
  ] as const;
  expect(form(fields, plain)).toBe('a  1\nb  2');
});

describe('time', () => {
  it.each([
    [0, '0ms'],
    [300, '300ms'],
    [1500, '1.5s'],
    [59_900, '59s'],
    [90_000, '1m 30s'],
    [3_600_000 * 30, '1d 6h'],
  ])('%d ms are %s', (ms, words) => expect(span(ms)).toBe(words));

  it('tells how long ago something was, also by a clock that is behind', () => {
    expect(timeAgo(0, 200_000)).toBe('3m ago');
    expect(timeAgo(5000, 0)).toBe('just now');
  });

  it('writes points in time so that they sort', () => {
    expect(clockTime(0)).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
  });
});

it('lets colours pass, and no other command', () => {
  const { red } = colourful.paint;
  expect(printable(red('a\nb'))).toBe(red('a\nb'));
  expect(printable('\u001b[2J\u001b]0;x\u0007\r\t\u009b1A')).toBe(
    String.raw`\x1b[2J\x1b]0;x\x07\x0d\x09\x9b1A`,
  );
});
