// Times and spans in words. Times are Unix milliseconds.
import prettyMs from 'pretty-ms';

/** A point in time on the user's clock, such as `2026-11-24 04:07:33`. */
export function clockTime(ms: number): string {
  // Swedish writes dates as ISO 8601 does.
  return new Date(ms).toLocaleString('sv-SE');
}

/** How long something takes, in at most two units, such as `1h 3m`. */
export function span(ms: number): string {
  // Fractions only matter below a minute; pretty-ms would show `59.9s` as a unit of its own.
  return prettyMs(Math.max(0, ms), { unitCount: 2, secondsDecimalDigits: ms < 10_000 ? 1 : 0 });
}

/** How long ago something was, in one unit, such as `3m ago`. */
export function timeAgo(ms: number, nowMs: number = Date.now()): string {
  const passedMs = nowMs - ms;
  return passedMs < 1000 ? 'just now' : `${prettyMs(passedMs, { compact: true })} ago`;
}
