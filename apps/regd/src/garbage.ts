// Deletes old workflows now and then.
import type { Engine } from '@permafrost/events';
import { collectGarbage, type Clock, type Log } from '@permafrost/workflow-core';
import type { Routine } from './regularly.ts';

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

export function collectingGarbage(schedule: GarbageSchedule): Routine {
  const { engine, clock, log, olderThanMs, everyMs } = schedule;
  return {
    purpose: 'delete old workflows',
    firstAfterMs: Math.min(FIRST_AFTER_MS, everyMs),
    everyMs,
    work: async (signal) => {
      const nowMs = clock.nowMs();
      const deleted = await collectGarbage(engine, { olderThanMs, nowMs, signal });
      if (deleted.length > 0) log.info({ deleted: deleted.length }, 'old workflows deleted');
    },
  };
}
