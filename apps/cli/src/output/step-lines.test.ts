import { expect, it } from 'vitest';
import type { Figures } from '../view/figures.ts';
import { placeLine, stepLine, type DrawBar } from './step-lines.ts';

const bar: DrawBar = (part, size) => '#'.repeat(part * size).padEnd(size, '-');

const figures: Figures = {
  done: 144_000,
  total: 288_000,
  bytes: 1.5 * 2 ** 30,
  bytesTotal: 3 * 2 ** 30,
  perSecond: 25_000,
  leftMs: 6000,
  path: '/data/a/b',
};
const step = { phase: 'recording the shadow repo', figures };

it.each([
  [
    140,
    'recording the shadow repo  ##########----------  144,000 of 288,000  6s left  25,000/s  1.5 GiB of 3.0 GiB',
  ],
  [
    100,
    'recording the shadow repo  #######-------  144,000 of 288,000  6s left  25,000/s  1.5 GiB of 3.0 GiB',
  ],
  [80, 'recording the shadow repo  #######-------  144,000 of 288,000  6s left  25,000/s'],
  [64, 'recording the shadow repo  ########---------  144,000 of 288,000'],
  [40, 'recording the shadow repo  144,000 of 288,000'],
])('in %i columns leaves out what does not fit', (columns, line) => {
  expect(stepLine(step, columns, bar)).toBe(line);
});

it('draws no bar where nobody knows how much there is', () => {
  const unknown = { ...figures, total: undefined, leftMs: undefined, bytes: 0 };
  expect(stepLine({ ...step, figures: unknown }, 80, bar)).toBe(
    'recording the shadow repo  144,000 entries so far  25,000/s',
  );
});

it('is the phase alone where nothing is counted', () => {
  expect(stepLine({ phase: 'waiting for regd' }, 80, bar)).toBe('waiting for regd');
  expect(placeLine({ phase: 'waiting for regd' }, 80)).toBe('');
});

it('shows the end of a path that is too long, and no commands to the terminal', () => {
  expect(placeLine(step, 80)).toBe('  /data/a/b');
  expect(placeLine(step, 8)).toBe('  …a/a/b');
  const wide = { ...step, figures: { ...figures, path: '/数据/数据' } };
  expect(placeLine(wide, 8)).toBe('  …/数据');
  const odd = { ...step, figures: { ...figures, path: '/a\u001b[2J' } };
  expect(placeLine(odd, 80)).toBe('  /a\\x1b[2J');
});
