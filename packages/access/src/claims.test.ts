import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readClaims } from './claims.ts';
import { UnauthenticatedError } from './errors.ts';
import { goodClaims } from './testing/site.ts';

const sc = (...entries: unknown[]): object => ({ sc: entries });

it('reads who calls, and what is granted', () => {
  const claims = {
    ...goodClaims,
    aud: ['other', 'fso'],
    san: ['DNS:ws.example.org'],
    xcrd: [{ d: 'EXDOM', u: 'alice', g: ['group'] }],
    sc: [
      { aa: ['f*', 'fbg'], p: ['/data/*'] },
      { aa: ['frg'], n: ['reg'] },
    ],
  };
  expect(readClaims(claims)).toEqual({
    subject: 'alice',
    san: ['ws.example.org'],
    expiresMs: Number(goodClaims['exp']) * 1000,
    scopes: [
      { actions: ['fso/*', 'fso/break-glass'], paths: ['/data/*'], names: [] },
      { actions: ['fso/read-registry'], paths: [], names: ['reg'] },
    ],
  });
});

it('takes a token without scopes: it authenticates, and grants nothing', () => {
  expect(readClaims({ ...goodClaims, sc: undefined }).scopes).toEqual([]);
});

describe('refuses', () => {
  it.each<[string, object]>([
    ['invalid token issuer', { iss: undefined }],
    ['invalid token issuer', { iss: 'other' }],
    ['invalid token issuer', { iss: ['nogapp'] }],
    ['invalid token audience', { aud: undefined }],
    ['invalid token audience', { aud: 'fso' }],
    ['invalid token audience', { aud: ['nogfso'] }],
    ['invalid token audience', { aud: ['fso', 1] }],
    ['missing token subject', { sub: undefined }],
    ['missing token subject', { sub: '' }],
    ['missing token subject', { sub: 7 }],
    ['malformed token claim `xcrd`', { xcrd: {} }],
    ['malformed token claim `xcrd`', { xcrd: [null] }],
    ['malformed token claim `xcrd`', { xcrd: [{ d: 'd', u: 'u' }] }],
    ['malformed token claim `xcrd`', { xcrd: [{ d: 'd', u: 'u', g: 'g' }] }],
    ['malformed token claim `xcrd`', { xcrd: [{ d: 'd', u: 'u', g: [], more: 1 }] }],
    ['malformed token claim `san`', { san: 'DNS:a' }],
    ['malformed token claim `san`', { san: null }],
    ['malformed token claim `san`', { san: [1] }],
    ['invalid token claim `san` entry', { san: ['DNS:a', 'IP:127.0.0.1'] }],
    ['malformed token claim `sc`', { sc: null }],
    ['malformed token claim `sc`', { sc: {} }],
    ['malformed token claim `sc`', sc('fzr')],
    ['malformed token claim `sc`', sc(null)],
    ['malformed token claim `sc`', sc({ aa: ['fzr'] })],
    ['malformed token claim `sc`', sc({ p: ['*'], n: ['*'] })],
    ['malformed token claim `sc`', sc({ aa: 'fzr', p: ['*'] })],
    ['malformed token claim `sc`', sc({ aa: ['fzr'], p: '*' })],
    ['malformed token claim `sc`', sc({ aa: ['fzr'], p: ['*'], n: [1] })],
    ['unknown `sc.aa` in token claim', sc({ aa: ['fzr', 'fs*'], p: ['*'] })],
    ['unknown `sc.aa` in token claim', sc({ aa: ['constructor'], p: ['*'] })],
  ])('%s: %j', (text, changes) => {
    const reading = (): unknown => readClaims({ ...goodClaims, ...changes });
    expect(reading).toThrow(UnauthenticatedError);
    expect(reading).toThrow(expect.objectContaining({ message: text, code: 'TOKEN_CLAIM_WRONG' }));
  });

  it('tells the first fault of several in the order of the Go system', () => {
    const faults = { iss: 1, aud: 1, sub: 1, xcrd: 1, san: 1, sc: 1 };
    expect(() => readClaims(faults)).toThrow('invalid token issuer');
    expect(() => readClaims({ ...faults, iss: 'nogapp' })).toThrow('invalid token audience');
  });
});

it('meets nothing that it has no word for', () => {
  const claims = fc.record(
    {
      sub: fc.string(),
      xcrd: fc.jsonValue(),
      san: fc.oneof(fc.jsonValue(), fc.array(fc.string())),
      sc: fc.oneof(
        fc.jsonValue(),
        fc.array(fc.dictionary(fc.constantFrom('aa', 'p', 'n', 'x'), fc.jsonValue())),
      ),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(claims, (changes) => {
      try {
        expect(readClaims({ ...goodClaims, ...changes }).subject).not.toBe('');
      } catch (error) {
        expect(error).toBeInstanceOf(UnauthenticatedError);
      }
    }),
  );
});
