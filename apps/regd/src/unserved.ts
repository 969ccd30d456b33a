// Fails workflows that no stad works on any more: those that were to be cancelled soon, others after a
// long while.
import type { Engine, Noticeboard } from '@permafrost/events';
import { aboutWorkflowWithId, failUnserved, type Clock, type Log } from '@permafrost/workflow-core';
import type { Routine } from './regularly.ts';

export interface UnservedSchedule {
  engine: Engine;
  board: Noticeboard;
  clock: Clock;
  log: Log;
  /** For how long nobody must have served a workflow; 0: it may wait for ever. */
  unservedMsMax: number;
  everyMs: number;
}

export function failingUnserved(schedule: UnservedSchedule): Routine {
  const { engine, log, unservedMsMax, everyMs } = schedule;
  return {
    purpose: 'look for workflows that nobody serves',
    firstAfterMs: everyMs,
    everyMs,
    work: async (signal) => {
      for (const workflowId of await failUnserved(schedule, { unservedMsMax, signal })) {
        const about = await aboutWorkflowWithId(engine, workflowId);
        log.warn({ ...about, unservedMsMax }, 'workflow failed: no stad serves it');
      }
    },
  };
}
