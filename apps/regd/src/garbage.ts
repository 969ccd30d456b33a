// Keeps the journal tidy: deletes old workflows, and cuts the indexes that listed them short. Now and
// then by itself, and when somebody asks.
import type { Engine, Uuid } from '@permafrost/events';
import { collectGarbage, snapshotIndexes, type Clock, type Log } from '@permafrost/workflow-core';
import type { Routine } from './regularly.ts';

export interface Tidying {
  engine: Engine;
  clock: Clock;
  log: Log;
  /** How long ago a workflow must have ended. */
  olderThanMs: number;
}

export interface GarbageSchedule extends Tidying {
  everyMs: number;
}

/** A daemon that is started every day shall collect, too, but not before it has done its work. */
const FIRST_AFTER_MS = 60_000;

export function collectingGarbage(schedule: GarbageSchedule): Routine {
  const { everyMs } = schedule;
  return {
    purpose: 'delete old workflows',
    firstAfterMs: Math.min(FIRST_AFTER_MS, everyMs),
    everyMs,
    work: async (signal) => {
      await tidyJournal(schedule, signal);
    },
  };
}

/** Resolves to the ids of the workflows that it has deleted. */
export async function tidyJournal(
  { engine, clock, log, olderThanMs }: Tidying,
  signal: AbortSignal,
): Promise<readonly Uuid[]> {
  const deleted = await collectGarbage(engine, { olderThanMs, nowMs: clock.nowMs(), signal });
  if (deleted.length > 0)
    log.info({ deleted: deleted.length, olderThanMs }, 'old workflows deleted');
  // Afterwards, so that a snapshot does not tell of what is deleted next.
  const registries = await snapshotIndexes(engine, { signal });
  if (registries.length > 0) log.info({ registries }, 'workflow indexes cut short');
  return deleted;
}
