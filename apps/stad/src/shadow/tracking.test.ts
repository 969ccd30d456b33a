import { describe, expect, it } from 'vitest';
import { trackingOf, treatmentOf } from './tracking.ts';

const MOST = '*\n!.gitignore\n!.gitattributes\n!.nogbundles\n!README.md\n!README.txt\n';

it.each([
  ['', '', 'enter-subdirs'],
  ['/*/\n', '/*/\n', 'bundle-subdirs'],
  ['/*/\n', '', 'ignore-subdirs'],
  [MOST, '', 'ignore-most'],
  ['*.tmp\n', '', undefined],
  ['', '/*/\n', undefined],
])('%j with bundles %j', (gitignore, nogbundles, expected) => {
  expect(trackingOf(gitignore, nogbundles)).toBe(expected);
});

describe('treatment', () => {
  const file = { name: 'x', isDirectory: false, isAtTop: true };
  const subdir = { name: 'x', isDirectory: true, isAtTop: true };
  const deepDir = { ...subdir, isAtTop: false };
  const readme = { name: 'README.md', isDirectory: false, isAtTop: true };
  it.each([
    ['enter-subdirs', ['track', 'track', 'track', 'track']],
    ['bundle-subdirs', ['track', 'bundle', 'track', 'track']],
    ['ignore-subdirs', ['track', 'ignore', 'track', 'track']],
    ['ignore-most', ['ignore', 'ignore', 'ignore', 'track']],
  ] as const)('%s', (tracking, expected) => {
    const entries = [file, subdir, deepDir, readme];
    expect(entries.map((entry) => treatmentOf(tracking, entry))).toEqual(expected);
  });

  it('never tracks reserved names', () => {
    for (const name of ['.git', '.gitkeep', '.nogtree', '.nogmeta']) {
      expect(treatmentOf('enter-subdirs', { ...subdir, name })).toBe('ignore');
    }
  });

  it('never tracks a name that git refuses, and tracks all that only look like it', () => {
    const treatmentsOf = (...names: readonly string[]): readonly string[] =>
      names.map((name) => treatmentOf('enter-subdirs', { ...file, name }));
    expect(treatmentsOf('.GIT', '.Git', '.GITmodules')).toEqual(['ignore', 'ignore', 'ignore']);
    expect(treatmentsOf('.Gitx', 'x.GIT', 'git~1')).toEqual(['track', 'track', 'track']);
  });
});
