import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { cleanPath, isCleanAbsolute, isWithin, parentsOf, rebase } from './paths.ts';
import { failureCode } from './status-code.ts';
import { byteLength, fitStatusMessage, isFailure } from './status-message.ts';

describe('paths', () => {
  it.each([
    ['/', '/'],
    ['//', '/'],
    ['/a/b', '/a/b'],
    ['/a//b/', '/a/b'],
    ['/a/./b', '/a/b'],
    ['/a/../b', '/b'],
    ['/../..', '/'],
    ['a/./b/', 'a/b'],
    ['', ''],
  ])('%j cleans to %j', (path, clean) => {
    expect(cleanPath(path)).toBe(clean);
    expect(cleanPath(clean)).toBe(clean);
  });

  it.each(['/', '/a', '/a/b c', '/a/..b', '/ä/…'])('%j is absolute and clean', (path) => {
    expect(isCleanAbsolute(path)).toBe(true);
  });

  it.each(['', 'a', './a', '/a/', '//a', '/a/.', '/a/..', '/a\0b'])('%j is not', (path) => {
    expect(isCleanAbsolute(path)).toBe(false);
  });

  test('within means at or below, by whole parts', () => {
    expect(isWithin('/a/b', '/a')).toBe(true);
    expect(isWithin('/a', '/a')).toBe(true);
    expect(isWithin('/ab', '/a')).toBe(false);
    expect(isWithin('/', '/a')).toBe(false);
    expect(isWithin('/a', '/')).toBe(true);
  });

  test('the parents of a path come nearest first', () => {
    expect([...parentsOf('/a/b/c')]).toEqual(['/a/b', '/a', '/']);
    expect([...parentsOf('/a')]).toEqual(['/']);
    expect([...parentsOf('a')]).toEqual([]);
  });

  test('every parent is above, and the last is the root', () => {
    const part = fc.stringMatching(/^[a-z]{1,3}$/);
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), (parts) => {
        const path = `/${parts.join('/')}`;
        const parents = [...parentsOf(path)];
        expect(parents).toHaveLength(parts.length);
        expect(parents.at(-1)).toBe('/');
        for (const parent of parents) expect(isWithin(path, parent) && parent !== path).toBe(true);
      }),
    );
  });

  it.each([
    ['/g/a/b', '/g', '/srv', '/srv/a/b'],
    ['/g', '/g', '/srv', '/srv'],
    ['/a', '/', '/srv', '/srv/a'],
    ['/g/a', '/g', '/', '/a'],
    ['/', '/', '/', '/'],
  ])('%j moves from %j to %j as %j', (path, from, to, moved) => {
    expect(rebase(path, { from, to })).toBe(moved);
  });
});

describe('status messages', () => {
  const anyText = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.string({ unit: 'grapheme', maxLength: 200 }),
    // UTF-16 with broken pairs, as it comes from names that are no UTF-8.
    fc
      .array(fc.integer({ min: 0xd700, max: 0xe0ff }), { maxLength: 120 })
      .map((units) => String.fromCharCode(...units)),
  );

  test('are one line of at most 120 bytes of valid Unicode, never empty, and fit as they are', () => {
    fc.assert(
      fc.property(anyText, (cause) => {
        const fitted = fitStatusMessage(cause);
        expect(byteLength(fitted)).toBeLessThanOrEqual(120);
        expect(fitted.isWellFormed()).toBe(true);
        expect(fitted).not.toMatch(/^\s|\s$|[\0-\x1f\x7f]|^$/);
        expect(fitStatusMessage(fitted)).toBe(fitted);
        expect(isFailure({ code: 105, message: fitted })).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['short', 'short'],
    ['  two\n lines\t', 'two lines'],
    ['', 'unknown cause'],
    ['\n', 'unknown cause'],
    ['x'.repeat(120), 'x'.repeat(120)],
    ['x'.repeat(121), `${'x'.repeat(117)}...`],
    ['ä'.repeat(61), `${'ä'.repeat(58)}...`],
    ['a\ud800b', 'a\ufffdb'],
  ])('%j becomes %j', (cause, fitted) => {
    expect(fitStatusMessage(cause)).toBe(fitted);
  });

  it.each([
    [{ code: 105, message: 'x'.repeat(150) }, true],
    [{ code: 105, message: 'x'.repeat(151) }, false],
    [{ code: 105, message: '' }, false],
    [{ code: 0, message: 'x' }, false],
    [{ code: -1, message: 'x' }, false],
    [{ code: 0.5, message: 'x' }, false],
    [{ code: Number.NaN, message: 'x' }, false],
  ])('%j tells a failure: %j', (status, expected) => {
    expect(isFailure(status)).toBe(expected);
  });
});

test('what failed has the code of the wire format', () => {
  const failures = ['registry-begin', 'repo-begin', 'files'] as const;
  expect(failures.map((failure) => failureCode('freeze', failure))).toEqual([103, 104, 105]);
  expect(failures.map((failure) => failureCode('unfreeze', failure))).toEqual([106, 107, 108]);
});
