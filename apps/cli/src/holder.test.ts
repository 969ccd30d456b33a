import { expect, it } from 'vitest';
import { describeHolder, parseHolder } from './holder.ts';

const holder = {
  workflow: '0b0a8c5e-6f0c-4f2a-9d1e-6a4c1f0e7b11',
  direction: 'freeze',
  author: 'A <a@b>',
  sinceMs: 0,
  waitingFor: '',
};

it.each([
  undefined,
  '',
  '{',
  'null',
  '[]',
  '{"workflow":1}',
  JSON.stringify({ ...holder, sinceMs: '' }),
])('makes nothing of %j', (trailer) => expect(parseHolder(trailer)).toBeUndefined());

it('reads what regd sends, and tells it in sentences', () => {
  expect(parseHolder(JSON.stringify(holder))).toEqual(holder);
  expect(describeHolder(holder, 60_000)).toEqual([
    `A <a@b> works on it: freeze ${holder.workflow}`,
    'began 1m ago.',
    `Follow it with: permafrost events workflow ${holder.workflow} --watch`,
  ]);
});
