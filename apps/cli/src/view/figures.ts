// How far long work has come, in words.
import type { operator } from '@permafrost/proto';
import { span } from '../output/time.ts';
import { bytesWords, count } from './quantities.ts';

/** What is undefined nobody knows yet. Entries are directories, files, and whatever else there is. */
export type Figures = Readonly<{
  done: number;
  total: number | undefined;
  /** 0 where the work does not look at sizes. */
  bytes?: number;
  bytesTotal?: number | undefined;
  perSecond?: number | undefined;
  leftMs?: number | undefined;
  /** Where the work is; may be empty. */
  path: string;
}>;

export function figuresOf(progress: operator.Progress): Figures {
  const { entriesDone: done, entriesTotal: total, bytesDone: bytes, bytesTotal, path } = progress;
  const { entriesPerSecond: perSecond, remainingMs: leftMs } = progress;
  return { done, total, bytes, bytesTotal, perSecond, leftMs, path };
}

/** Such as `1,200 of 40,000 entries`. */
export function countWords({ done, total }: Figures): string {
  return total === undefined
    ? `${count(done)} entries so far`
    : `${count(done)} of ${count(total)} entries`;
}

/** Such as `2s left`, `1,200/s` and `1.5 GiB of 2.0 GiB`, the most telling first: as far as it is known. */
export function paceWords({
  bytes = 0,
  bytesTotal,
  perSecond,
  leftMs,
}: Figures): readonly string[] {
  const words: string[] = [];
  if (leftMs !== undefined && leftMs > 0) words.push(`${span(leftMs)} left`);
  if (perSecond !== undefined) words.push(`${count(perSecond)}/s`);
  const of = bytesTotal === undefined ? '' : ` of ${bytesWords(bytesTotal)}`;
  if (bytes > 0) words.push(`${bytesWords(bytes)}${of}`);
  return words;
}
