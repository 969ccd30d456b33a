import type { Random } from '../ports/time.ts';

export type Backoff = Readonly<{ firstMs: number; maxMs: number }>;

/** A wait before try `attempt` + 1: twice as long each time, up to a limit, half of it by chance. */
export function backoffMs({ firstMs, maxMs }: Backoff, attempt: number, random: Random): number {
  const full = Math.min(maxMs, firstMs * 2 ** Math.min(attempt - 1, 30));
  return full / 2 + (full / 2) * random();
}
