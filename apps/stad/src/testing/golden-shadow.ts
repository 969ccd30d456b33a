// What the other implementation recorded of a tree that went through four states: the trees, to be built
// anew anywhere, and the commits that they became.
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

type GoldenEntry = {
  pathBase64: string;
  kind: 'file' | 'dir' | 'symlink' | 'hardlink' | 'fifo';
  size?: number;
  contentBase64?: string;
  sparse?: boolean;
  targetBase64?: string;
  mtime?: string;
};

export type GoldenShadow = {
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

export const goldenShadow: GoldenShadow = JSON.parse(
  readFileSync(new URL('../../testdata/shadow/golden.json', import.meta.url), 'utf8'),
) as GoldenShadow;

/** Brings a directory to one of the states; whatever was in it is gone. */
export function buildGoldenTree(top: string, state: string): void {
  const tree = goldenShadow.states[state];
  if (tree === undefined) throw new Error(`no state ${state}`);
  rmSync(top, { recursive: true, force: true });
  mkdirSync(top);
  const pathOf = (base64: string): Buffer => Buffer.concat([Buffer.from(`${top}/`), bytes(base64)]);
  for (const entry of tree.entries) make(pathOf(entry.pathBase64), entry, pathOf);
  const deepestFirst = tree.entries
    .filter(({ kind }) => kind === 'dir')
    .sort((a, b) => bytes(b.pathBase64).length - bytes(a.pathBase64).length);
  for (const { pathBase64, mtime } of deepestFirst) touch(pathOf(pathBase64), mtime);
  touch(Buffer.from(top), tree.mtime);
}

export const bytes = (base64 = ''): Buffer => Buffer.from(base64, 'base64');

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
