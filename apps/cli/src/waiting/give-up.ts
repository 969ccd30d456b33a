// The two reasons for which a command stops waiting although the work goes on.
import { exitCode } from '../exit-code.ts';
import { Failure } from '../failure.ts';
import { span } from '../output/time.ts';

/** A signal that is aborted by Ctrl-C. A second Ctrl-C ends the process at once. */
export function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  process.once('SIGINT', () => {
    controller.abort(
      new Failure('interrupted', { exitCode: exitCode.interrupted, code: 'INTERRUPTED' }),
    );
  });
  return controller.signal;
}

/** The signal, also aborted after a time, if one is given. */
export function withTimeout(signal: AbortSignal, timeoutMs: number | undefined): AbortSignal {
  if (timeoutMs === undefined) return signal;
  const controller = new AbortController();
  const timer = setTimeout(() => {
    controller.abort(
      new Failure(`timed out after ${span(timeoutMs)}`, {
        exitCode: exitCode.timedOut,
        code: 'TIMED_OUT',
      }),
    );
  }, timeoutMs);
  // The command may well be done before.
  timer.unref();
  return AbortSignal.any([signal, controller.signal]);
}
