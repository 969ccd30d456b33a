import { expect, test } from 'vitest';
import { nilUlid } from '../ids/ulid.ts';
import { randomUuid, type Uuid } from '../ids/uuid.ts';
import { counterOf } from './counter.fixture.ts';
import { StateCache } from './state-cache.ts';

const aggregate = counterOf('repo');
const [a, b, c] = [randomUuid(), randomUuid(), randomUuid()];

function cacheOf(sizes: readonly [Uuid, number][]): StateCache {
  const cache = new StateCache({ statesMax: 100, bytesMax: 1000 });
  for (const [id, bytes] of sizes) cache.set(id, { vid: nilUlid, state: bytes, aggregate }, bytes);
  return cache;
}

const kept = (cache: StateCache): Uuid[] => [a, b, c].filter((id) => cache.get(id) !== undefined);

test('forgets what was used longest ago, until the rest fits', () => {
  expect(
    kept(
      cacheOf([
        [a, 400],
        [b, 400],
        [c, 400],
      ]),
    ),
  ).toEqual([b, c]);
  expect(
    kept(
      cacheOf([
        [a, 400],
        [b, 400],
        [a, 400],
        [c, 400],
      ]),
    ),
  ).toEqual([a, c]);
  expect(
    kept(
      cacheOf([
        [a, 400],
        [b, 400],
        [c, 900],
      ]),
    ),
  ).toEqual([c]);
});

test('keeps what was used last, even when it does not fit', () => {
  expect(
    kept(
      cacheOf([
        [a, 1],
        [b, 5000],
      ]),
    ),
  ).toEqual([b]);
  expect(
    kept(
      cacheOf([
        [b, 5000],
        [a, 1],
      ]),
    ),
  ).toEqual([a]);
});

test('counts what was replaced or deleted no longer', () => {
  const cache = cacheOf([
    [a, 900],
    [a, 100],
    [b, 500],
  ]);
  cache.delete(b);
  cache.set(c, { vid: nilUlid, state: 0, aggregate }, 900);
  expect(kept(cache)).toEqual([a, c]);
});
