import { describe, expect, it } from 'vitest';
import { codesOfRight, GrantError, parseRights, scopeClaimOf, type Grant } from './grant.ts';

it('reads rights as people type them', () => {
  expect(parseRights('freeze, unfreeze,break-glass')).toEqual([
    'freeze',
    'unfreeze',
    'break-glass',
  ]);
});

it.each(['', 'freeze,', 'thaw', 'constructor', 'FREEZE'])('%j: lists the rights', (text) => {
  expect(() => parseRights(text)).toThrow(GrantError);
  expect(() => parseRights(text)).toThrow(/read, init, freeze, unfreeze/);
});

it('becomes an entry of a token, without empty lists', () => {
  expect(scopeClaimOf({ can: ['freeze', 'unfreeze', 'freeze'], paths: ['/data/*'] })).toEqual({
    aa: ['fzr', 'fuzr'],
    p: ['/data/*'],
  });
  expect(scopeClaimOf({ can: ['admin'], names: ['reg'] })).toEqual({ aa: ['fag'], n: ['reg'] });
});

it('keeps rights apart: no code belongs to two, and none is a wildcard', () => {
  const codes = Object.values(codesOfRight).flat();
  expect(new Set(codes).size).toBe(codes.length);
  expect(codes.filter((code) => code.includes('*'))).toEqual([]);
});

describe('refuses', () => {
  it.each<[string, Grant]>([
    ['no right', { can: [], paths: ['*'] }],
    ['no object', { can: ['freeze'] }],
    ['a relative path', { can: ['freeze'], paths: ['data/*'] }],
    ['a star within', { can: ['freeze'], paths: ['/data/*/foo'] }],
    ['two stars', { can: ['read'], names: ['**'] }],
    ['an empty path', { can: ['freeze'], paths: [''] }],
    ['an empty name', { can: ['read'], names: [''] }],
  ])('%s', (_, grant) => {
    expect(() => scopeClaimOf(grant)).toThrow(GrantError);
  });
});
