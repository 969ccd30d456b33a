import parseDuration from 'parse-duration';

/** Reads `90s`, `10 min`, `30d` and the like as milliseconds; undefined if it is none. */
export function durationMs(text: string): number | undefined {
  const ms = parseDuration(text);
  return ms === null || !Number.isFinite(ms) || ms < 0 ? undefined : Math.round(ms);
}
