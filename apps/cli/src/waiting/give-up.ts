// The two reasons for which a command stops waiting although the work goes on.
import { exitCode } from '../exit-code.ts';
import { Failure } from '../failure.ts';
import { span } from '../output/time.ts';

/** A signal that is aborted by Ctrl-C, while this is in use. A second Ctrl-C ends the process. */
export class Interrupt implements Disposable {
  readonly #controller = new AbortController();
  readonly #onSigint = (): void => {
    this[Symbol.dispose]();
    this.#controller.abort(
      new Failure('interrupted', { exitCode: exitCode.interrupted, code: 'INTERRUPTED' }),
    );
  };

  constructor() {
    process.on('SIGINT', this.#onSigint);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  [Symbol.dispose](): void {
    process.off('SIGINT', this.#onSigint);
  }
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
