import { expect, it } from 'vitest';
import { durationArgument } from './duration.ts';

it.each([
  ['90s', 90_000],
  ['10 min', 600_000],
  ['1h30m', 5_400_000],
  [' 1h 30m ', 5_400_000],
  ['1.5h', 5_400_000],
  ['30d', 2_592_000_000],
  ['0s', 0],
])('reads %j', (text, ms) => {
  expect(durationArgument(text)).toBe(ms);
});

it.each(['', '0', '30', 'soon', 's', '-5m', '1,5h', '1e3s', '1h oops', '1h 30', '5foo', '5foo3s'])(
  'refuses %j',
  (text) => {
    expect(() => durationArgument(text)).toThrow('Write a number and a unit');
  },
);
