import { setTimeout } from 'node:timers/promises';
import type { Clock } from '@permafrost/workflow-core';

/** The clock of the machine. A sleep keeps the process alive; an aborted one ends at once. */
export const nodeClock: Clock = {
  nowMs: () => Date.now(),
  sleep: async (ms, signal) => {
    try {
      await setTimeout(ms, undefined, { signal });
    } catch (error) {
      // An abort is the caller's own wish, and no error.
      if (!signal.aborted) throw error;
    }
  },
};
