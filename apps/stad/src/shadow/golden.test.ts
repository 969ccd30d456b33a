// What the other implementation stored for the same trees, to the byte.
import { execFileSync } from 'node:child_process';
import {
  linkSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Scratch, watch } from './scratch.ts';

type GoldenEntry = {
  pathBase64: string;
  kind: 'file' | 'dir' | 'symlink' | 'hardlink' | 'fifo';
  size?: number;
  contentBase64?: string;
  sparse?: boolean;
  targetBase64?: string;
  mtime?: string;
};
type Golden = {
  states: Record<string, { mtime: string; entries: GoldenEntry[] }>;
  commits: {
    cause: string;
    treeState: string;
    tree: string;
    subject: string;
    author: { name: string; email: string; date: string };
    entries: [mode: string, id: string, path: string, content: string][];
  }[];
  refs: string[];
  config: Record<string, string>;
};

const golden = JSON.parse(
  readFileSync(new URL('../../testdata/shadow/golden.json', import.meta.url), 'utf8'),
) as Golden;

const bytes = (base64 = ''): Buffer => Buffer.from(base64, 'base64');

function build(scratch: Scratch, state: string): void {
  const tree = golden.states[state];
  if (tree === undefined) throw new Error(`no state ${state}`);
  rmSync(scratch.data, { recursive: true });
  mkdirSync(scratch.data);
  const pathOf = (base64: string): Buffer =>
    Buffer.concat([Buffer.from(`${scratch.data}/`), bytes(base64)]);
  for (const entry of tree.entries) make(pathOf(entry.pathBase64), entry, pathOf);
  const deepestFirst = tree.entries
    .filter(({ kind }) => kind === 'dir')
    .sort((a, b) => bytes(b.pathBase64).length - bytes(a.pathBase64).length);
  for (const { pathBase64, mtime } of deepestFirst) touch(pathOf(pathBase64), mtime);
  touch(Buffer.from(scratch.data), tree.mtime);
}

function make(path: Buffer, entry: GoldenEntry, pathOf: (base64: string) => Buffer): void {
  switch (entry.kind) {
    case 'dir':
      mkdirSync(path);
      return;
    case 'hardlink':
      linkSync(pathOf(entry.targetBase64 ?? ''), path);
      return;
    case 'symlink':
      symlinkSync(bytes(entry.targetBase64), path);
      break;
    case 'fifo':
      execFileSync('mkfifo', [path.toString()]);
      break;
    case 'file':
      writeFileSync(path, bytes(entry.contentBase64));
      if (entry.sparse === true) truncateSync(path.toString(), entry.size);
  }
  touch(path, entry.mtime);
}

/** node takes times as floating point numbers, which lose the nanoseconds that matter here. */
function touch(path: Buffer, mtime = ''): void {
  execFileSync('touch', ['-h', '-m', '-d', mtime, '--', path.toString()]);
}

describe('the recorded history', () => {
  it('comes out with the same trees and blobs', async () => {
    using scratch = new Scratch();
    const time = { value: new Date(0) };
    const committer = { name: 'nogfsostad', email: 'nogfsostad@example.org' };
    const repo = scratch.repo({ committer, now: () => time.value });
    for (const { cause, treeState, tree, subject, author, entries } of golden.commits) {
      time.value = new Date(author.date);
      if (cause === 'repo init') {
        await repo.init(scratch.location, author);
      } else {
        build(scratch, treeState);
        const request = {
          author,
          attrs: cause === 'freeze' ? 'i' : '',
          mtimeRangeOnly: cause.includes('mtime range'),
        } as const;
        const { changed } = await repo.snapshot(scratch.location, request, watch());
        expect(changed, cause).toBe(true);
      }
      const expected = entries.map(
        ([, , path, content]) =>
          [bytes(path).toString('latin1'), bytes(content).toString('latin1')] as const,
      );
      expect(Object.fromEntries(scratch.recorded()), cause).toEqual(Object.fromEntries(expected));
      expect(scratch.git('rev-parse', 'master-stat^{tree}').trim(), cause).toBe(tree);
      const head = await repo.readHead(scratch.location, watch().signal);
      expect(head).toMatchObject({
        author: { name: author.name, email: author.email },
        authoredAt: time.value,
      });
      // Times are in the local zone, so the subject is the same text only in UTC.
      expect(head.subject.replace(/\d{4}-\S+?(?=:? |$)/, '')).toBe(
        subject.replace(/\d{4}-\S+?(?=:? |$)/, ''),
      );
    }
    expect(scratch.git('fsck', '--strict')).toBe('');
  });

  it('starts from the same branches and settings', async () => {
    using scratch = new Scratch();
    const { name, email } = golden.commits[0]?.author ?? { name: '', email: '' };
    await scratch.repo().init(scratch.location, { name, email });
    const refs = scratch.git('for-each-ref', '--format=%(refname)').trim().split('\n');
    expect(refs).toEqual(golden.refs.map((ref) => ref.split(' ')[0]));
    expect(scratch.git('symbolic-ref', 'HEAD').trim()).toBe('refs/heads/master-stub');
    for (const [key, value] of Object.entries(golden.config)) {
      const expected = key === 'fso.realdir' ? scratch.data : value;
      expect(scratch.git('config', key).trim()).toBe(expected);
    }
  });
});
