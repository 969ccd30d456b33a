/** Runs until the signal that it is given is aborted. */
export type Part = (stop: AbortSignal) => Promise<void>;

/**
 * Runs all parts until the signal is aborted. A defect of one ends the others, too, so that no daemon
 * goes on as a half, and is thrown once all have ended.
 */
export async function endingTogether(signal: AbortSignal, parts: readonly Part[]): Promise<void> {
  const failed = new AbortController();
  const stop = AbortSignal.any([signal, failed.signal]);
  const running = parts.map((part) => part(stop));
  try {
    await Promise.all(running);
  } finally {
    failed.abort();
    await Promise.allSettled(running);
  }
}
