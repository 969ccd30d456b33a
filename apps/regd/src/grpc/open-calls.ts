// The calls under way, so that each can be ended: by its client, or by the end of the program.
import { status } from '@grpc/grpc-js';
import { RpcError } from './rpc-error.ts';

export interface OpenCall extends Disposable {
  readonly signal: AbortSignal;
  /** The signal is aborted with this reason; later reasons are ignored. */
  abort(reason: RpcError): void;
}

export class OpenCalls {
  readonly #controllers = new Set<AbortController>();
  readonly #countMax: number;

  constructor(countMax: number) {
    this.#countMax = countMax;
  }

  get count(): number {
    return this.#controllers.size;
  }

  /** Dispose of the call when it is over. Throws when there are too many. */
  begin(): OpenCall {
    if (this.#controllers.size >= this.#countMax) {
      throw new RpcError('too many calls at the same time', {
        status: status.RESOURCE_EXHAUSTED,
        code: 'TOO_MANY_CALLS',
        remedy: 'End some of the calls that wait or watch.',
      });
    }
    const controller = new AbortController();
    this.#controllers.add(controller);
    return {
      signal: controller.signal,
      abort: (reason) => controller.abort(reason),
      [Symbol.dispose]: () => {
        this.#controllers.delete(controller);
      },
    };
  }

  abortAll(reason: RpcError): void {
    for (const controller of this.#controllers) controller.abort(reason);
  }
}
