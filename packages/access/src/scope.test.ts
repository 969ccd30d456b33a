import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ActionGlob } from './action.ts';
import type { Check } from './check.ts';
import { AccessDeniedError } from './errors.ts';
import { matchesGlob } from './glob.ts';
import { authorize, isGranted, type Scope } from './scope.ts';

function scope(actions: ActionGlob[], objects: Partial<Scope>): Scope {
  return { actions, paths: [], names: [], ...objects };
}

const freeze = (path: string): Check => ({ action: 'fso/freeze-repo', path });
const readRegistry = (name: string): Check => ({ action: 'fso/read-registry', name });

describe('a glob', () => {
  it.each([
    ['*', '', true],
    ['*', 'anything', true],
    ['/foo/*', '/foo/bar', true],
    ['/foo/*', '/foo/', true],
    ['/foo/*', '/foo', false],
    ['/foo/*', '/foobar', false],
    ['/foo*', '/foobar', true],
    ['/foo', '/foo', true],
    ['/foo', '/foo/bar', false],
    ['/*/bar', '/foo/bar', false],
    ['/*/bar', '/*/bar', true],
    ['', '', true],
    ['', 'a', false],
    ['Foo', 'foo', false],
  ])('%j against %j: %s', (glob, text, matches) => {
    expect(matchesGlob(glob, text)).toBe(matches);
  });

  it('matches what begins with its prefix, and nothing else', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (prefix, text) => {
        expect(matchesGlob(`${prefix}*`, prefix + text)).toBe(true);
        expect(matchesGlob(`${prefix}*`, text)).toBe(text.indexOf(prefix) === 0);
      }),
    );
  });
});

describe('a scope grants', () => {
  it.each<[string, Scope, Check, boolean]>([
    ['its path', scope(['fso/freeze-repo'], { paths: ['/a'] }), freeze('/a'), true],
    ['no other path', scope(['fso/freeze-repo'], { paths: ['/a'] }), freeze('/b'), false],
    ['no other action', scope(['fso/unfreeze-repo'], { paths: ['*'] }), freeze('/a'), false],
    ['a path by path only', scope(['fso/*'], { names: ['*'] }), freeze('/a'), false],
    ['a name by name only', scope(['fso/*'], { paths: ['*'] }), readRegistry('reg'), false],
    ['its name', scope(['fso/*'], { names: ['re*'] }), readRegistry('reg'), true],
    ['only what is below', scope(['*'], { paths: ['/a/*'] }), freeze('/a'), false],
    ['a path as it is cleaned', scope(['*'], { paths: ['/a'] }), freeze('/x/..//a/.'), true],
    ['nothing above by ..', scope(['*'], { paths: ['/a/*'] }), freeze('/a/../b'), false],
    ['no name as if it were a path', scope(['*'], { names: ['a'] }), readRegistry('./a'), false],
    ['nothing of another family', scope(['bc/*'], { paths: ['*'] }), freeze('/a'), false],
  ])('%s', (_, granting, check, granted) => {
    expect(isGranted([granting], check)).toBe(granted);
  });

  it('only with action and object in one scope', () => {
    const scopes = [
      scope(['fso/freeze-repo'], { paths: ['/a'] }),
      scope(['fso/unfreeze-repo'], { paths: ['/b'] }),
    ];
    expect(isGranted(scopes, freeze('/a'))).toBe(true);
    expect(isGranted(scopes, freeze('/b'))).toBe(false);
  });

  it('the breaking of the glass by name only', () => {
    const check: Check = { action: 'fso/break-glass', path: '/a' };
    expect(isGranted([scope(['*', 'fso/*'], { paths: ['*'] })], check)).toBe(false);
    expect(isGranted([scope(['fso/break-glass'], { paths: ['*'] })], check)).toBe(true);
  });
});

describe('a denial', () => {
  const all = scope(['*'], { paths: ['*'], names: ['*'] });

  it.each<[string, Scope[], Check]>([
    ['no scope', [], freeze('/a')],
    ['default deny', [scope(['*'], {})], freeze('/a')],
    ['isufficient details: require at least `path` or `name`', [all], freeze('')],
    ['isufficient details: require at least `path` or `name`', [all], readRegistry('')],
  ])('is told as before: %s', (text, scopes, check) => {
    expect(denialOf(scopes, check)).toMatchObject({ message: text, code: 'SCOPE_MISSING' });
  });

  it('names the scope that was missing', () => {
    const denial = denialOf([scope(['*'], {})], freeze('/data/foo'));
    expect(denial?.missing).toEqual(freeze('/data/foo'));
    expect(denial?.remedy).toContain('fso/freeze-repo path=/data/foo');
    expect(denialOf([], readRegistry('reg'))?.remedy).toContain('fso/read-registry name=reg');
  });

  it('is none where a scope grants', () => {
    expect(denialOf([all], freeze('/a'))).toBeUndefined();
  });
});

function denialOf(scopes: readonly Scope[], check: Check): AccessDeniedError | undefined {
  try {
    authorize(scopes, check);
    return undefined;
  } catch (error) {
    if (error instanceof AccessDeniedError) return error;
    throw error;
  }
}
