// What differs between the data and the last snapshot, for people and for `StatStatus`.
import type { ByteString } from './byte-string.ts';
import type { Difference } from './tree-comparison.ts';

export type StatusLine = Readonly<{
  /** New, modified, deleted. */
  mark: '?' | 'M' | 'D';
  /** Relative to the top, which is `.` itself. */
  path: ByteString;
}>;

/** Brings lines to their order: the top, changed and deleted ones by path, new ones, new bundles. */
export class StatusCollector {
  readonly #changed: StatusLine[] = [];
  readonly #added: StatusLine[] = [];
  readonly #addedBundles: StatusLine[] = [];

  add({ path, isEntry, isRecorded, now, isBundle }: Difference): void {
    if (!isEntry) return;
    if (isRecorded) this.#changed.push({ mark: now === undefined ? 'D' : 'M', path });
    else (isBundle ? this.#addedBundles : this.#added).push({ mark: '?', path });
  }

  lines(top: { recordedMtimeS: string | undefined; mtimeS: number | undefined }): StatusLine[] {
    const mark = markOfTop(top);
    return [
      ...(mark === undefined ? [] : [{ mark, path: '.' }]),
      ...this.#changed,
      ...this.#added,
      ...this.#addedBundles,
    ];
  }
}

function markOfTop({
  recordedMtimeS,
  mtimeS,
}: {
  recordedMtimeS: string | undefined;
  mtimeS: number | undefined;
}): StatusLine['mark'] | undefined {
  if (recordedMtimeS === undefined) return mtimeS === undefined ? undefined : '?';
  if (mtimeS === undefined) return 'D';
  return recordedMtimeS === String(mtimeS) ? undefined : 'M';
}
