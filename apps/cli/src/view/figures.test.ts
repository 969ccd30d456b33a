import { operator } from '@permafrost/proto';
import { expect, it } from 'vitest';
import { countWords, figuresOf, paceWords } from './figures.ts';

const known = figuresOf(
  operator.Progress.fromPartial({
    entriesDone: 1200,
    entriesTotal: 40_000,
    bytesDone: 1.5 * 2 ** 30,
    bytesTotal: 2 ** 31,
    entriesPerSecond: 12_345.6,
    remainingMs: 3100,
  }),
);
const unknown = figuresOf(operator.Progress.fromPartial({ entriesDone: 1200 }));

it('counts with thousands set apart, and says where the total is unknown', () => {
  expect(countWords(known)).toBe('1,200 of 40,000 entries');
  expect(countWords(unknown)).toBe('1,200 entries so far');
});

it('tells time left, rate and bytes, and only what is known of them', () => {
  expect(paceWords(known)).toEqual(['3.1s left', '12,346/s', '1.5 GiB of 2.0 GiB']);
  expect(paceWords({ ...known, leftMs: 0, bytesTotal: undefined })).toEqual([
    '12,346/s',
    '1.5 GiB',
  ]);
  expect(paceWords(unknown)).toEqual([]);
});
