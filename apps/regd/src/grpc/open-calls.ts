// The calls under way, so that each can be ended: by its client, or by the end of the program; and
// so that they are not too many. Those that last as long as their client likes are counted apart:
// however many there are, what is answered at once (a status, a cancel) still finds room.
import { status } from '@grpc/grpc-js';
import { atTime } from './at-time.ts';
import { RpcError } from './rpc-error.ts';

export interface OpenCall extends Disposable {
  readonly signal: AbortSignal;
  /** The signal is aborted with this reason; later reasons are ignored. */
  abort(reason: RpcError): void;
  /** The same at that time, in milliseconds since 1970, if the call is one that lasts. */
  abortAt(atMs: number, reason: RpcError): void;
}

/** How many there may be at the same time. */
export type CallLimits = Readonly<{
  callsMax: number;
  /** Of those that last. */
  lastingMax: number;
  /** Of those that last, from one peer. */
  lastingOfPeerMax: number;
}>;

/** Far more than people and programs of one site need, unless all of them come through one proxy. */
export const LASTING_OF_PEER: Readonly<{ usual: number; max: number }> = { usual: 500, max: 5_000 };

/** The limits, where one peer may have so many calls that last; there is always room for the others. */
export function callLimits(lastingOfPeerMax: number = LASTING_OF_PEER.usual): CallLimits {
  return { callsMax: 10_000, lastingMax: Math.max(2_000, lastingOfPeerMax), lastingOfPeerMax };
}

export type NewCall = Readonly<{
  /** Who makes it, whatever the connection. */
  peer: string;
  /** Whether it waits or streams. */
  isLasting: boolean;
}>;

export class OpenCalls {
  readonly #limits: CallLimits;
  readonly #controllers = new Set<AbortController>();
  readonly #lasting = new Tally();

  constructor(limits: CallLimits) {
    this.#limits = limits;
  }

  get count(): number {
    return this.#controllers.size;
  }

  /** Dispose of the call when it is over. Throws when there are too many. */
  begin({ peer, isLasting }: NewCall): OpenCall {
    this.#refuseTooMany({ peer, isLasting });
    const controller = new AbortController();
    this.#controllers.add(controller);
    if (isLasting) this.#lasting.add(peer);
    let ending: Disposable | undefined;
    return {
      signal: controller.signal,
      abort: (reason) => controller.abort(reason),
      abortAt: (atMs, reason) => {
        if (isLasting) ending = atTime(atMs, () => controller.abort(reason));
      },
      [Symbol.dispose]: () => {
        ending?.[Symbol.dispose]();
        if (this.#controllers.delete(controller) && isLasting) this.#lasting.remove(peer);
      },
    };
  }

  abortAll(reason: RpcError): void {
    for (const controller of this.#controllers) controller.abort(reason);
  }

  #refuseTooMany({ peer, isLasting }: NewCall): void {
    const { callsMax, lastingMax, lastingOfPeerMax } = this.#limits;
    if (this.count >= callsMax) throw tooMany(`regd has ${callsMax} calls under way`);
    if (!isLasting) return;
    if (this.#lasting.total >= lastingMax) {
      throw tooMany(`regd has ${lastingMax} calls that wait or watch`);
    }
    if (this.#lasting.of(peer) >= lastingOfPeerMax) {
      throw tooMany(`${peer} has ${lastingOfPeerMax} calls that wait or watch`);
    }
  }
}

/** How many, for each name and together. A name of which there are none is forgotten. */
class Tally {
  readonly #counts = new Map<string, number>();
  total = 0;

  of(name: string): number {
    return this.#counts.get(name) ?? 0;
  }

  add(name: string): void {
    this.#counts.set(name, this.of(name) + 1);
    this.total += 1;
  }

  remove(name: string): void {
    const left = this.of(name) - 1;
    if (left > 0) this.#counts.set(name, left);
    else this.#counts.delete(name);
    this.total -= 1;
  }
}

function tooMany(text: string): RpcError {
  return new RpcError(`${text}, and takes no more`, {
    status: status.RESOURCE_EXHAUSTED,
    code: 'TOO_MANY_CALLS',
    remedy: 'Nothing was done. Try again later, or end some calls that wait or watch.',
  });
}
