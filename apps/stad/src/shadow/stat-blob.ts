// The texts that a shadow repo keeps about each path. Unchanged entries must give unchanged bytes,
// in any implementation: key names, their order and the quoting are fixed.
import { hash } from 'node:crypto';
import { bytesOfText, rawOf, textOfBytes, type ByteString } from '../byte-string.ts';
import type { Counts } from './tally.ts';

type Value = number | bigint | Readonly<{ quoted: ByteString }>;

/**
 * A name as a JSON string. A name that is not UTF-8 gets U+FFFD for what cannot be read, so two
 * names may look the same here: the path in the git tree has the true bytes.
 */
function quoted(name: ByteString): Value {
  if (/^[\x20\x21\x23-\x5b\x5d-\x7e]*$/.test(name)) return { quoted: `"${name}"` };
  const json = JSON.stringify(textOfBytes(name)).replaceAll('\x7f', '\\u007f');
  return { quoted: bytesOfText(json) };
}

function linesOf(pairs: readonly (readonly [string, Value])[]): ByteString {
  return pairs
    .map(([key, value]) => `${key}: ${typeof value === 'object' ? value.quoted : String(value)}\n`)
    .join('');
}

const countPairs = ({ dirs, files, links, others, size }: Counts): [string, Value][] => [
  ['dirs', dirs],
  ['files', files],
  ['links', links],
  ['others', others],
  ['size', size],
];

/** Of a regular file. `mtimeS`, here and below: whole Unix seconds, rounded down. */
export function fileBlob(name: ByteString, file: { size: bigint; mtimeS: number }): ByteString {
  return linesOf([
    ['name', quoted(name)],
    ['size', file.size],
    ['mtime', file.mtimeS],
  ]);
}

/** Of a directory below the top, in its `.nogtree`. */
export function directoryBlob(name: ByteString, mtimeS: number): ByteString {
  return linesOf([
    ['name', quoted(name)],
    ['mtime', mtimeS],
  ]);
}

/** Of a directory that is recorded as a whole: a bundle, or with `head` a nested git repository. */
export function wholeBlob(
  name: ByteString,
  directory: { mtimeS: number; counts: Counts; head?: string | undefined },
): ByteString {
  const { mtimeS, counts, head } = directory;
  return linesOf([
    ['name', quoted(name)],
    ['mtime', mtimeS],
    ...countPairs(counts),
    ...(head === undefined ? [] : [['submodule', quoted(head)] as const]),
  ]);
}

export type Top = Readonly<{
  mtimeS: number;
  /** Of the whole tree, with all that is not tracked. */
  counts: Counts;
  attrs: '' | 'i';
  /** Present when the tree is itself the work tree of a git repository that has a commit. */
  git?: Readonly<{ head: string; mtimeS: number; counts: Counts }> | undefined;
}>;

/** Of the top directory, in its `.nogtree`. */
export function topBlob({ mtimeS, counts, attrs, git }: Top): ByteString {
  const gitPairs: (readonly [string, Value])[] =
    git === undefined
      ? []
      : [
          ['git', quoted(git.head)],
          ['git_mtime', git.mtimeS],
          ...countPairs(git.counts).map(([key, value]) => [`git_${key}`, value] as const),
        ];
  return linesOf([
    ['name', quoted('root')],
    ['mtime', mtimeS],
    ...countPairs(counts),
    ['mtime_min', counts.mtimeMinS],
    ['mtime_max', counts.mtimeMaxS],
    ['attrs', quoted(attrs)],
    ...gitPairs,
  ]);
}

/** The keys and values of such a text. Lines that are none are left out. */
export function parseBlob(content: Buffer): ReadonlyMap<string, string> {
  const pairs = content
    .toString('utf8')
    .split('\n')
    .flatMap((line) => {
      const [, key, value] = /^([a-z_]+): (.*)$/.exec(line) ?? [];
      return key === undefined || value === undefined ? [] : [[key, unquoted(value)] as const];
    });
  return new Map(pairs);
}

function unquoted(value: string): string {
  if (!value.startsWith('"')) return value;
  try {
    return String(JSON.parse(value));
  } catch {
    // Another writer's quoting. It equals none of our values, so the entry is written anew.
    return value;
  }
}

/** The id that git gives to a blob, 40 hex digits. */
export function blobId(content: ByteString): string {
  return hash('sha1', rawOf(`blob ${content.length}\0${content}`), 'hex');
}
