// Random trees with hostile names, against a naive model of what is to be recorded.
import { createHash } from 'node:crypto';
import { lutimesSync, mkdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { author, Scratch } from './scratch.ts';

type Node =
  | Readonly<{ kind: 'file'; size: number; mtimeS: number }>
  | Readonly<{ kind: 'link'; target: string }>
  | Readonly<{ kind: 'tree'; children: Readonly<Record<string, Node>>; mtimeS: number }>;
type Tree = Extract<Node, { kind: 'tree' }>;

const mtimeS = fc.integer({ min: 0, max: 2_000_000_000 });
const oddNames = [
  '-rf',
  '--',
  '\n',
  '"',
  '\\',
  'a\\nb',
  '\xff\xfe',
  '\xc3\xa9',
  ' ',
  '.git',
  '.GIT',
  '.gitx',
  '.nogtree',
  'a',
  'a-',
  'a.b',
  'a0',
];
const name = fc.oneof(
  fc.constantFrom(...oddNames),
  fc
    .array(fc.integer({ min: 1, max: 255 }), { minLength: 1, maxLength: 8 })
    .map((bytes) => String.fromCharCode(...bytes).replaceAll('/', '-'))
    .filter((value) => value !== '.' && value !== '..'),
);
const { tree } = fc.letrec<{ node: Node; tree: Tree }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({ kind: fc.constant('file' as const), size: fc.nat(99), mtimeS }),
    fc.record({ kind: fc.constant('link' as const), target: name }),
    tie('tree'),
  ),
  tree: fc.record({
    kind: fc.constant('tree' as const),
    children: fc.dictionary(name, tie('node'), { maxKeys: 6, noNullPrototype: true }),
    mtimeS,
  }),
}));

const raw = (bytes: string): Buffer => Buffer.from(bytes, 'latin1');

function build(path: string, { children, mtimeS }: Tree): void {
  mkdirSync(raw(path));
  for (const [name, child] of Object.entries(children)) {
    const childPath = `${path}/${name}`;
    switch (child.kind) {
      case 'tree':
        build(childPath, child);
        break;
      case 'link':
        symlinkSync(raw(child.target), raw(childPath));
        lutimesSync(raw(childPath), 1, 1);
        break;
      case 'file':
        writeFileSync(raw(childPath), 'x'.repeat(child.size));
        utimesSync(raw(childPath), child.mtimeS, child.mtimeS);
    }
  }
  utimesSync(raw(path), mtimeS, mtimeS);
}

/** Paths and texts, without those of the top. */
function expectedOf({ children }: Tree, prefix = ''): [path: string, text: string][] {
  return Object.entries(children).flatMap(([name, child]): [string, string][] => {
    if (/^\.(git|nog)/.test(name) || /^\.git(modules)?$/i.test(name)) return [];
    const path = prefix + name;
    const json = JSON.stringify(raw(name).toString()).replaceAll('\x7f', '\\u007f');
    const quoted = Buffer.from(json).toString('latin1');
    switch (child.kind) {
      case 'link':
        return [[path, child.target]];
      case 'file':
        return [[path, `name: ${quoted}\nsize: ${child.size}\nmtime: ${child.mtimeS}\n`]];
      case 'tree': {
        const below = expectedOf(child, `${path}/`);
        const own: [string, string] = [
          `${path}/.nogtree`,
          `name: ${quoted}\nmtime: ${child.mtimeS}\n`,
        ];
        return below.length === 0 ? [] : [...below, own];
      }
    }
  });
}

function idsOf(entries: readonly (readonly [string, string])[]): Record<string, string> {
  const idOf = (text: string): string =>
    createHash('sha1')
      .update(raw(`blob ${text.length}\0${text}`))
      .digest('hex');
  return Object.fromEntries(entries.map(([path, text]) => [path, idOf(text)]));
}

function recordedIds(scratch: Scratch): Record<string, string> {
  const records = scratch.git('ls-tree', '-r', '-z', 'master-stat').split('\0').filter(Boolean);
  const pairs = records.map((record) => {
    const [head = '', path = ''] = record.split(/\t(.*)/s);
    return [path, head.slice(-40)] as const;
  });
  return Object.fromEntries(pairs.filter(([path]) => path !== '.nogtree' && path !== '.gitignore'));
}

it('records any tree, and any change of it, as if it were new', async () => {
  await fc.assert(
    fc.asyncProperty(tree, tree, async (before, after) => {
      using scratch = new Scratch();
      await scratch.repo().init(scratch.location, author);
      const rebuild = (state: Tree, mtimeS: number): void => {
        rmSync(scratch.data, { recursive: true });
        build(scratch.data, { ...state, mtimeS });
      };

      rebuild(before, 1);
      const first = await scratch.snapshot();
      expect(recordedIds(scratch)).toEqual(idsOf(expectedOf(before)));
      expect(await scratch.snapshot()).toEqual({ commit: first.commit, changed: false });

      rebuild(after, 2);
      await scratch.snapshot();
      const incremental = scratch.git('rev-parse', 'master-stat^{tree}');
      expect(recordedIds(scratch)).toMatchObject(idsOf(expectedOf(after)));
      expect(scratch.git('fsck', '--strict')).toBe('');

      rmSync(scratch.shadowRoot, { recursive: true });
      await scratch.repo().init(scratch.location, author);
      await scratch.snapshot();
      expect(incremental).toBe(scratch.git('rev-parse', 'master-stat^{tree}'));
    }),
    { numRuns: 12 },
  );
}, 60_000);
