import type { Clock } from '@permafrost/workflow-core';

/** The clock of the machine. A sleep keeps the process alive; an aborted one ends at once. */
export const nodeClock: Clock = {
  nowMs: () => Date.now(),
  // The promise of node:timers rejects when it is aborted, and to make an error that nobody wants to see
  // takes longer than the rest of it.
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal.aborted) {
        resolve();
        return;
      }
      const end = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      signal.addEventListener('abort', end);
    }),
};
