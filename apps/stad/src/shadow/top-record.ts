// The top `.nogtree`: what it shall say, and when it is written.
import type { TreeSize } from '@permafrost/workflow-core';
import { topBlob, type Top } from './stat-blob.ts';
import type { ByteString } from '../byte-string.ts';
import type { Directory } from './directory.ts';
import { headOf } from './nested-git.ts';
import type { Tally } from './tally.ts';

export type Recorded = ReadonlyMap<string, string>;

/** What the last snapshot counted; undefined when there was none. */
export function sizeOf(recorded: Recorded): TreeSize | undefined {
  const counts = ['dirs', 'files', 'links', 'others'].map((key) => Number(recorded.get(key)));
  const entries = counts.reduce((total, count) => total + count, 0);
  const bytes = Number(recorded.get('size'));
  return Number.isSafeInteger(entries) && bytes >= 0 ? { entries, bytes } : undefined;
}

/** What is to be said of the tree as it is now. */
export function topOf(
  directory: Directory,
  seen: { tally: Tally; gitTally: Tally | undefined; attrs: '' | 'i' },
): Top {
  const head = headOf(directory, directory);
  const gitStats = seen.gitTally && directory.lstat('.git');
  return {
    mtimeS: directory.stats.mtimeS,
    counts: seen.tally,
    attrs: seen.attrs,
    git:
      head === undefined || seen.gitTally === undefined || gitStats === undefined
        ? undefined
        : { head, mtimeS: gitStats.mtimeS, counts: seen.gitTally },
  };
}

/**
 * The content to write, or undefined when the recorded one shall stay. Counts alone are no reason
 * to write it: they move with files that nobody tracks. Any change that is tracked refreshes them.
 */
export function topUpdate(
  recorded: Recorded,
  { top, isForced }: { top: Top; isForced: boolean },
): ByteString | undefined {
  const isCurrent =
    recorded.get('mtime') === String(top.mtimeS) &&
    recorded.get('attrs') === top.attrs &&
    recorded.get('git') === top.git?.head;
  return isCurrent && !isForced ? undefined : topBlob(top);
}
