import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLsattr } from './lsattr-output.ts';

const line = (flags: string, path: string): string => `${flags} ${path}\n`;

describe('parseLsattr', () => {
  it('tells i from I and from all others', () => {
    const output = line('----i---------e-----', '3/a') + line('-----------I--e-----', '3/b');
    expect(parseLsattr(output, ['3/a', '3/b'])).toEqual(['immutable', 'mutable']);
  });

  it('reads names that contain newlines and blanks', () => {
    const paths = ['3/a\nb', '3/ ', '3/a', '3/\n'];
    const output = paths.map((path) => line('----i--', path)).join('');
    expect(parseLsattr(output, paths)).toEqual(paths.map(() => 'immutable'));
  });

  it('is not fooled by names that look like lines, whichever lines are missing', () => {
    const names = fc
      .string({ unit: fc.constantFrom('-', 'i', ' ', '\n', '3', 'a'), minLength: 1 })
      .map((name) => `3/${name}`);
    const entries = fc.uniqueArray(fc.record({ path: names, printed: fc.boolean() }), {
      selector: ({ path }) => path,
    });
    fc.assert(
      fc.property(entries, (all) => {
        const output = all.filter(({ printed }) => printed).map(({ path }) => line('--i-', path));
        const paths = all.map(({ path }) => path);
        expect(parseLsattr(output.join(''), paths)).toEqual(
          all.map(({ printed }) => (printed ? 'immutable' : undefined)),
        );
      }),
    );
  });

  it('leaves a gap for what was not printed', () => {
    expect(parseLsattr(line('-------', '3/b'), ['3/a', '3/b', '3/c'])).toEqual([
      undefined,
      'mutable',
      undefined,
    ]);
    expect(parseLsattr('', ['3/a'])).toEqual([undefined]);
  });

  it('gives up on lines that belong to none of the paths', () => {
    expect(parseLsattr(line('-------', '3/x'), ['3/a'])).toBeUndefined();
    expect(parseLsattr(line('-------', '3/a') + 'half', ['3/a'])).toBeUndefined();
  });
});
