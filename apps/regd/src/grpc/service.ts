// From a service of the contract and plain functions to what grpc-js wants: promises for unary
// calls, async iterables for streams, one place where errors become answers.
import { on, once } from 'node:events';
import {
  status,
  type sendUnaryData,
  type ServerDuplexStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceDefinition,
  type StatusObject,
  type UntypedHandleCall,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import type { Origin } from '@permafrost/events';
import { JobControl } from '@permafrost/proto';
import type { Log } from '@permafrost/workflow-core';
import type { Caller } from '../access/caller.ts';
import type { Door, Guard, Visit } from '../access/guard.ts';
import type { Presented } from '../access/authenticate.ts';
import { answerFor, type Wording } from './answer.ts';
import type { Contract, Method, Request, Response } from './contract.ts';
import type { OpenCall, OpenCalls } from './open-calls.ts';
import { peerAddress } from './peer-name.ts';
import { cancelledError, tokenExpiredError } from './rpc-error.ts';
import { tolerant, wellFormed } from './well-formed.ts';

/** What a handler knows of its call beside the request. */
export interface Call {
  /** Aborted when the client has left or regd stops; its reason is then what to throw. */
  readonly signal: AbortSignal;
  /** Already let in; some calls find out later what else one must be allowed to do. */
  readonly caller: Caller;
  /** Who asks, and why: for the events that the call appends. */
  readonly origin: Origin | undefined;
  /**
   * Begins work that goes on when the call has been answered, and must not reject. Until it has ended
   * it is counted with the calls that last. Throws an {@link RpcError} when there are too many.
   */
  readonly goOn: (work: () => Promise<void>) => void;
}

/** A function for each method of a service. */
export type Handlers<S extends Contract> = {
  readonly [Name in keyof S]: S[Name]['requestStream'] extends true
    ? (requests: AsyncIterable<Request<S[Name]>>, call: Call) => AsyncIterable<Response<S[Name]>>
    : S[Name]['responseStream'] extends true
      ? (request: Request<S[Name]>, call: Call) => AsyncIterable<Response<S[Name]>>
      : (request: Request<S[Name]>, call: Call) => Promise<Response<S[Name]>>;
};

export interface Service {
  readonly definition: ServiceDefinition;
  readonly implementation: UntypedServiceImplementation;
}

export type Surroundings = Readonly<{ calls: OpenCalls; guard: Guard; log: Log }>;

/** Makes a service that can be added to a server. */
export type MakeService = (surroundings: Surroundings) => Service;

/** Puts a service together. `wording` is how it tells refusals and faults. */
export function serviceOf<S extends Contract>(
  contract: S,
  handlers: Handlers<S>,
  wording: Wording,
): MakeService {
  return ({ calls, guard, log }) => {
    const definition: Record<string, Method> = {};
    const implementation: Record<string, UntypedHandleCall> = {};
    for (const [name, method] of Object.entries(contract)) {
      definition[name] = { ...method, requestDeserialize: tolerant(method.requestDeserialize) };
      const { path } = method;
      const adapter = new Adapter({ path, door: guard.doorOf(path), calls, log, wording });
      implementation[name] = adapter.of(method, handlers[name]);
    }
    return { definition: definition as unknown as ServiceDefinition, implementation };
  };
}

type UnaryHandler = (request: unknown, call: Call) => Promise<unknown>;
type StreamingHandler = (request: unknown, call: Call) => AsyncIterable<unknown>;
type DialogueHandler = (requests: AsyncIterable<unknown>, call: Call) => AsyncIterable<unknown>;
type Streaming = ServerWritableStream<unknown, unknown> | ServerDuplexStream<unknown, unknown>;
type Cancellable = Readonly<{ on(event: 'cancelled', listener: () => void): unknown }>;
type Answers = (visit: Visit, open: OpenCall) => Promise<AsyncIterable<unknown>>;

/** Whether a question is to be answered only once something has ended. */
function isWait(request: unknown): boolean {
  const { jobControl } = request as { jobControl?: unknown };
  return jobControl === JobControl.JC_WAIT;
}

type AdapterOptions = Readonly<{
  path: string;
  door: Door;
  calls: OpenCalls;
  log: Log;
  wording: Wording;
}>;

class Adapter {
  readonly #path: string;
  readonly #door: Door;
  readonly #calls: OpenCalls;
  readonly #log: Log;
  readonly #wording: Wording;

  constructor(options: AdapterOptions) {
    this.#path = options.path;
    this.#door = options.door;
    this.#calls = options.calls;
    this.#log = options.log;
    this.#wording = options.wording;
  }

  /** `handle` is of the kind that the method asks for. */
  of({ requestStream, responseStream }: Method, handle: unknown): UntypedHandleCall {
    if (requestStream) return this.#dialogue(handle as DialogueHandler);
    return responseStream
      ? this.#streaming(handle as StreamingHandler)
      : this.#unary(handle as UnaryHandler);
  }

  #unary(handle: UnaryHandler): UntypedHandleCall {
    return (call: ServerUnaryCall<unknown, unknown>, reply: sendUnaryData<unknown>) => {
      void this.#respond(handle, call, reply);
    };
  }

  #streaming(handle: StreamingHandler): UntypedHandleCall {
    return (call: ServerWritableStream<unknown, unknown>) => {
      void this.#stream(call, async (visit, open) => {
        const request = wellFormed(call.request);
        return handle(request, await this.#admit(visit, request, { call, open }));
      });
    };
  }

  #dialogue(handle: DialogueHandler): UntypedHandleCall {
    return (call: ServerDuplexStream<unknown, unknown>) => {
      void this.#stream(call, async (visit, open) => {
        const admitted = await this.#admit(visit, undefined, { call, open });
        return handle(requestsOf(call, open.signal), admitted);
      });
    };
  }

  async #respond(
    handle: UnaryHandler,
    call: ServerUnaryCall<unknown, unknown>,
    reply: sendUnaryData<unknown>,
  ): Promise<void> {
    const visit = this.#door.receive(call);
    try {
      using open = this.#begin(call, isWait(call.request));
      const request = wellFormed(call.request);
      reply(null, await handle(request, await this.#admit(visit, request, { call, open })));
      visit.end();
    } catch (error) {
      const answer = this.#answer(error);
      visit.end(answer);
      reply(answer);
    }
  }

  async #stream(call: Streaming, answers: Answers): Promise<void> {
    const visit = this.#door.receive(call);
    try {
      using open = this.#begin(call, true);
      for await (const message of await answers(visit, open)) {
        open.signal.throwIfAborted();
        if (!call.write(message)) await drained(call, open.signal);
      }
      call.end();
      visit.end();
    } catch (error) {
      const answer = this.#answer(error);
      visit.end(answer);
      call.emit('error', answer);
    }
  }

  #begin(call: Cancellable & Presented, isLasting: boolean): OpenCall {
    const open = this.#calls.begin({ peer: peerAddress(call.getPeer()), isLasting });
    call.on('cancelled', () => open.abort(cancelledError()));
    return open;
  }

  /** Lets the caller in; where the call lasts, for no longer than the token is good. */
  async #admit(
    visit: Visit,
    request: unknown,
    { call, open }: { call: Presented; open: OpenCall },
  ): Promise<Call> {
    const admitted = await visit.admit(request);
    const { expiresMs } = admitted.caller;
    if (expiresMs !== undefined) open.abortAt(expiresMs, tokenExpiredError());
    return { signal: open.signal, goOn: (work) => this.#goOn(call, work), ...admitted };
  }

  #goOn(call: Presented, work: () => Promise<void>): void {
    const open = this.#calls.begin({ peer: peerAddress(call.getPeer()), isLasting: true });
    void work().finally(() => open[Symbol.dispose]());
  }

  #answer(error: unknown): Partial<StatusObject> {
    const answer = answerFor(error, this.#wording);
    if (!answer) {
      this.#log.error({ rpc: this.#path, err: error }, 'defect in a call');
      return { code: status.INTERNAL, details: 'internal error' };
    }
    if (answer.code === status.UNAVAILABLE || answer.code === status.DATA_LOSS) {
      this.#log.warn({ rpc: this.#path, err: error }, 'call failed');
    }
    return answer;
  }
}

/** One by one: a client that asks faster than it is answered has to wait. */
async function* requestsOf(
  call: ServerDuplexStream<unknown, unknown>,
  signal: AbortSignal,
): AsyncGenerator {
  const options = { signal, close: ['end'], highWaterMark: 1 };
  try {
    const requests = on(call, 'data', options) as AsyncIterable<[unknown]>;
    for await (const [request] of requests) yield wellFormed(request);
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}

/** Waits until a slow client has taken what was sent. */
async function drained(call: Streaming, signal: AbortSignal): Promise<void> {
  try {
    await once(call, 'drain', { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}
