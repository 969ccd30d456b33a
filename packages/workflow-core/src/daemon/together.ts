// Several loops as one, for one runner: so that a daemon follows the journal once for all that it does.
import type { Clock } from '../ports/time.ts';
import type { Loop } from './runner.ts';

/** A task of one of the loops, bound to that loop. */
export interface BoundTask {
  key: string;
  run: (signal: AbortSignal) => Promise<void>;
  pause: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** The keys of different loops must differ: the same key would be the same task. */
export function together(clock: Clock, ...loops: readonly Loop<unknown>[]): Loop<BoundTask> {
  const bind =
    (loop: Loop<unknown>) =>
    (task: unknown): BoundTask => ({
      key: loop.keyOf(task),
      run: (signal) => loop.run(task, signal),
      pause: async (ms, signal) => loop.pause?.(task, ms, signal) ?? clock.sleep(ms, signal),
    });
  return {
    keyOf: ({ key }) => key,
    async *open(signal) {
      for (const loop of loops) {
        for await (const task of loop.open(signal)) yield bind(loop)(task);
      }
    },
    concerns: (event) => loops.flatMap((loop) => loop.concerns(event).map(bind(loop))),
    run: (task, signal) => task.run(signal),
    pause: (task, ms, signal) => task.pause(ms, signal),
  };
}
