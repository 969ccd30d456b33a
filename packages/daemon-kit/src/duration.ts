import { InvalidArgumentError } from 'commander';
import parseDuration from 'parse-duration';

// The library takes a bare number for milliseconds and skips what it does not know; neither is what
// somebody who writes `--timeout 10` or `1h oops` has in mind. So it gets to see single parts only.
const PART = /\d+(\.\d+)?\s*[a-zµ]+/gi;

/** Reads the value of a flag that is a span such as `90s`, `10m` or `1h30m`, in milliseconds. */
export function durationArgument(text: string): number {
  const parts = text.match(PART) ?? [];
  const rest = text.replace(PART, '').trim();
  const ms = parts.reduce((sum, part) => sum + (parseDuration(part) ?? NaN), 0);
  if (parts.length > 0 && rest === '' && Number.isFinite(ms)) return Math.round(ms);
  throw new InvalidArgumentError('Write a number and a unit, such as 90s, 10m or 30d.');
}
