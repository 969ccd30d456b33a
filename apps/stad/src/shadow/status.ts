// What differs between the data and the last snapshot, for people and for `StatStatus`.
import type { ByteString } from '../byte-string.ts';
import type { Difference } from './tree-comparison.ts';

export type StatusLine = Readonly<{
  /** New, modified, deleted. */
  mark: '?' | 'M' | 'D';
  /** Relative to the top, which is `.` itself. */
  path: ByteString;
}>;

/** Of the top directory, in whole Unix seconds; undefined where there is none. */
export type TopMtimes = Readonly<{
  recordedMtimeS: string | undefined;
  mtimeS: number | undefined;
}>;

/** Brings lines to their order: the top, changed and deleted ones by path, new ones, new bundles. */
export class StatusCollector {
  readonly #changed: StatusLine[] = [];
  readonly #added: StatusLine[] = [];
  readonly #addedBundles: StatusLine[] = [];

  add(difference: Difference): void {
    const line = lineOf(difference);
    if (line?.mark === '?') (difference.isBundle ? this.#addedBundles : this.#added).push(line);
    else if (line) this.#changed.push(line);
  }

  lines(top: TopMtimes): StatusLine[] {
    const mark = markOfTop(top);
    return [
      ...(mark === undefined ? [] : [{ mark, path: '.' }]),
      ...this.#changed,
      ...this.#added,
      ...this.#addedBundles,
    ];
  }
}

/** Undefined for what speaks of a directory, whose entries speak for themselves. */
export function lineOf({ path, isEntry, isRecorded, now }: Difference): StatusLine | undefined {
  if (!isEntry) return undefined;
  if (!isRecorded) return { mark: '?', path };
  return { mark: now === undefined ? 'D' : 'M', path };
}

/** Undefined when the top directory is as recorded. */
export function markOfTop({ recordedMtimeS, mtimeS }: TopMtimes): StatusLine['mark'] | undefined {
  if (recordedMtimeS === undefined) return mtimeS === undefined ? undefined : '?';
  if (mtimeS === undefined) return 'D';
  return recordedMtimeS === String(mtimeS) ? undefined : 'M';
}
