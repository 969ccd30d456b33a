import { ulidTimeMs, type Ulid } from '@permafrost/events';
import type { FilesFault } from '../ports/files.ts';
import type { StadMeans } from './stad-means.ts';

const DEFAULT_RETRY_FOR_MS = 10 * 60_000;

/**
 * Whether the work is worth another try after a fault. The limit runs from the event that made it due, so
 * that a crash does not start it anew.
 */
export function mayPass(
  { retry }: FilesFault,
  dueSince: Ulid,
  { clock, retryForMs = DEFAULT_RETRY_FOR_MS }: Pick<StadMeans, 'clock' | 'retryForMs'>,
): boolean {
  return retry === 'later' && clock.nowMs() - ulidTimeMs(dueSince) < retryForMs;
}
