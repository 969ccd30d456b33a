import { randomUuid, type Progress } from '@permafrost/events';
import { expect, it } from 'vitest';
import { progressView } from './progress-view.ts';

const progress: Progress = {
  workflow: randomUuid(),
  instance: randomUuid(),
  phase: 'verify',
  entriesDone: 1000,
  entriesTotal: 3000,
  bytesDone: 5,
  bytesTotal: 9,
  perSecond: 400,
  path: '/a',
  message: '',
  startedMs: 1000,
  updatedMs: 3000,
};

it('tells the time left', () => {
  expect(progressView(progress, 3100)).toEqual({
    phase: 'verify',
    entriesDone: 1000,
    entriesTotal: 3000,
    bytesDone: 5,
    bytesTotal: 9,
    entriesPerSecond: 400,
    remainingMs: 5000,
    path: '/a',
    message: '',
    startedMs: 1000,
    updatedMs: 3000,
  });
});

it.each([
  ['the total is unknown', { entriesTotal: undefined }, 400],
  ['the rate is unknown', { perSecond: undefined }, undefined],
])('does not know the time left where %s', (_, fields, entriesPerSecond) => {
  const view = progressView({ ...progress, ...fields }, 3100);
  expect(view).toMatchObject({ entriesPerSecond, remainingMs: undefined });
});

it('has no rate once nobody has told anything for a while, as when stad was killed', () => {
  const silent = progressView(progress, 63_000);
  expect(silent).toMatchObject({ entriesPerSecond: undefined, remainingMs: undefined });
  expect(silent).toMatchObject({ entriesDone: 1000, entriesTotal: 3000 });
});
