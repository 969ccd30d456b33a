import { operator } from '@permafrost/proto';
import { expect, it } from 'vitest';
import { countedFrom, rateOf } from './rate.ts';

const at = (fields: Partial<operator.Progress>): operator.Progress =>
  operator.Progress.fromPartial({ phase: 'verify', startedMs: 1000, updatedMs: 3000, ...fields });

const first = at({ entriesDone: 900 });

it('counts only what was done since somebody watches', () => {
  const now = at({ entriesDone: 1400, entriesTotal: 2400, updatedMs: 5000 });
  expect(rateOf(countedFrom(first, now), now)).toEqual({ perSecond: 250, leftMs: 4000 });
});

it.each([
  ['nothing was done', at({ entriesDone: 900, entriesTotal: 2000, updatedMs: 4000 })],
  ['no time has passed', at({ entriesDone: 950, entriesTotal: 2000 })],
])('is unknown while %s', (_, now) => {
  expect(rateOf(first, now)).toEqual({ perSecond: undefined, leftMs: undefined });
});

it('does not know the time left where the total is unknown, and never less than none', () => {
  const now = { entriesDone: 1400, updatedMs: 5000 };
  expect(rateOf(first, at(now))).toEqual({ perSecond: 250, leftMs: undefined });
  expect(rateOf(first, at({ ...now, entriesTotal: 5 }))).toMatchObject({ leftMs: 0 });
});

it.each([
  ['the phase', { phase: 'snapshot', entriesDone: 1000 }],
  ['the work', { startedMs: 2000, entriesDone: 1000 }],
  ['the walk', { entriesDone: 3 }],
])('counts anew when %s has begun anew', (_, fields) => {
  const now = at(fields);
  expect(countedFrom(first, now)).toBe(now);
});
