// How fast long work comes along, and how long it still takes. Judged by what was told while somebody
// watched: what was done before, by an earlier phase or an earlier start of stad, says nothing of it.
import type { operator } from '@permafrost/proto';

type Progress = operator.Progress;

/** Of entries. Both are undefined while there is nothing to tell them by. */
export type Rate = Readonly<{ perSecond: number | undefined; leftMs: number | undefined }>;

/** Where the rate of `now` is counted from: `since`, unless the work has begun something anew. */
export function countedFrom(since: Progress | undefined, now: Progress): Progress {
  if (since === undefined) return now;
  const isSame =
    since.phase === now.phase &&
    since.startedMs === now.startedMs &&
    since.entriesDone <= now.entriesDone;
  return isSame ? since : now;
}

export function rateOf(since: Progress, now: Progress): Rate {
  const done = now.entriesDone - since.entriesDone;
  const passedMs = now.updatedMs - since.updatedMs;
  if (done <= 0 || passedMs <= 0) return { perSecond: undefined, leftMs: undefined };
  const perMs = done / passedMs;
  const { entriesTotal: total } = now;
  const leftMs = total === undefined ? undefined : Math.max(0, total - now.entriesDone) / perMs;
  return { perSecond: perMs * 1000, leftMs };
}
