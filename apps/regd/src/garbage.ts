// Deletes old workflows now and then, without anybody asking.
import { Fault, RefusedError, type Engine } from '@permafrost/events';
import { collectGarbage, type Clock, type Log } from '@permafrost/workflow-core';

export interface GarbageSchedule {
  engine: Engine;
  clock: Clock;
  log: Log;
  /** How long ago a workflow must have ended. */
  olderThanMs: number;
  everyMs: number;
}

/** A daemon that is started every day shall collect, too, but not before it has done its work. */
const FIRST_AFTER_MS = 60_000;

/** Runs until the signal is aborted. A fault is logged, and the next run tries again. */
export async function collectRegularly(
  { engine, clock, log, olderThanMs, everyMs }: GarbageSchedule,
  signal: AbortSignal,
): Promise<void> {
  await clock.sleep(Math.min(FIRST_AFTER_MS, everyMs), signal);
  while (!signal.aborted) {
    try {
      const nowMs = clock.nowMs();
      const deleted = await collectGarbage(engine, { olderThanMs, nowMs, signal });
      if (deleted.length > 0) log.info({ deleted: deleted.length }, 'old workflows deleted');
    } catch (error) {
      if (!(error instanceof Fault || error instanceof RefusedError)) throw error;
      log.warn({ err: error }, 'cannot delete old workflows');
    }
    await clock.sleep(everyMs, signal);
  }
}
