// Progress as people see it: with the time left, and without a rate once nothing moves any more.
import type { Progress } from '@permafrost/events';
import type { operator } from '@permafrost/proto';

/** The programs that set the attribute are silent for some seconds at a time. */
const RATE_HOLDS_MS = 15_000;

export function progressView(progress: Progress, nowMs: number): operator.Progress {
  const { phase, entriesDone, entriesTotal, bytesDone, bytesTotal } = progress;
  const { path, message, startedMs, updatedMs } = progress;
  const figures = { entriesDone, entriesTotal, bytesDone, bytesTotal };
  const perSecond = nowMs - updatedMs < RATE_HOLDS_MS ? progress.perSecond : undefined;
  const remainingMs =
    perSecond === undefined || entriesTotal === undefined
      ? undefined
      : Math.round(((entriesTotal - entriesDone) * 1000) / perSecond);
  const pace = { entriesPerSecond: perSecond, remainingMs };
  return { phase, ...figures, ...pace, path, message, startedMs, updatedMs };
}
