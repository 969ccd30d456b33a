// What regd does now and then without anybody asking.
import { Fault, RefusedError } from '@permafrost/events';
import type { Clock, Log } from '@permafrost/workflow-core';

export type Routine = Readonly<{
  /** For the log, such as `delete old workflows`. */
  purpose: string;
  firstAfterMs: number;
  everyMs: number;
  work: (signal: AbortSignal) => Promise<void>;
}>;

/** Runs until the signal is aborted. A fault is logged, and the next run tries again. */
export async function regularly(
  { purpose, firstAfterMs, everyMs, work }: Routine,
  { clock, log }: { clock: Clock; log: Log },
  signal: AbortSignal,
): Promise<void> {
  await clock.sleep(firstAfterMs, signal);
  while (!signal.aborted) {
    try {
      await work(signal);
    } catch (error) {
      if (!(error instanceof Fault || error instanceof RefusedError)) throw error;
      log.warn({ err: error }, `cannot ${purpose}`);
    }
    await clock.sleep(everyMs, signal);
  }
}
