// Several loops as one, for one runner: so that a daemon follows the journal once for all that it does.
import type { Clock } from '../ports/time.ts';
import type { Loop } from './runner.ts';
import type { TaskLog } from './task-log.ts';

/** A task of one of the loops, bound to that loop. */
export interface BoundTask {
  key: string;
  run: (signal: AbortSignal, log: TaskLog) => Promise<void>;
  pause: (ms: number, signal: AbortSignal, log: TaskLog) => Promise<void>;
}

/** The keys of different loops must differ: the same key would be the same task. */
export function together(clock: Clock, ...loops: readonly Loop<unknown>[]): Loop<BoundTask> {
  const bind =
    (loop: Loop<unknown>) =>
    (task: unknown): BoundTask => ({
      key: loop.keyOf(task),
      run: (signal, log) => loop.run(task, signal, log),
      pause: async (ms, signal, log) =>
        loop.pause?.(task, ms, signal, log) ?? clock.sleep(ms, signal),
    });
  return {
    keyOf: ({ key }) => key,
    async *open(signal) {
      for (const loop of loops) {
        for await (const task of loop.open(signal)) yield bind(loop)(task);
      }
    },
    concerns: (event) => loops.flatMap((loop) => loop.concerns(event).map(bind(loop))),
    run: (task, signal, log) => task.run(signal, log),
    pause: (task, ms, signal, log) => task.pause(ms, signal, log),
  };
}
