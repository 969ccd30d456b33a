// How much is too little, and how far is too far.
import { span } from '../output/time.ts';
import { bytesWords } from '../view/quantities.ts';
import type { Interval } from './facts.ts';
import { broken, ok, warning, type Verdict } from './finding.ts';

const MIB = 2 ** 20;
const ROOM_TIGHT_BYTES = 1024 * MIB;
const ROOM_LEAST_BYTES = 100 * MIB;

/** More than clocks that are kept by NTP ever differ. */
const CLOCK_MS_MAX = 2000;

export function roomVerdict(path: string, freeBytes: number): Verdict {
  const words = `${bytesWords(freeBytes)} free at ${path}`;
  const remedy = 'Make room on that disk: nothing can be recorded on a full one.';
  if (freeBytes < ROOM_LEAST_BYTES) return broken(words, remedy);
  return freeBytes < ROOM_TIGHT_BYTES ? warning(words, remedy) : ok(words);
}

/**
 * How far a clock is ahead, in milliseconds, or behind if that is negative. It was read at some moment of
 * the interval.
 */
export function clockAheadMs(clockMs: number, { fromMs, toMs }: Interval): number {
  return clockMs < fromMs ? clockMs - fromMs : Math.max(0, clockMs - toMs);
}

export function clockVerdict(aheadMs: number, than: string): Verdict {
  if (Math.abs(aheadMs) <= CLOCK_MS_MAX) return ok(`its clock agrees with that of ${than}`);
  const way = aheadMs < 0 ? 'behind' : 'ahead of';
  const words = `its clock is ${span(Math.abs(aheadMs))} ${way} that of ${than}`;
  return warning(words, 'Let NTP keep both clocks.');
}

export function versionVerdict(version: string, own: string): Verdict {
  if (version === own) return ok(`version ${version}`);
  return warning(
    `version ${version}, and this program is ${own}`,
    'Bring all programs to the same version, and start the daemons again.',
  );
}
