// The way to regd: one channel, calls that end, and errors as failures.
import { Client, Metadata, status, type ServiceError, type MethodDefinition } from '@grpc/grpc-js';
import { failureOf, unreachable, type Failure } from './failure.ts';
import type { Identity } from './identity.ts';

/** An answer takes regd less than this; else it hangs, or something between does. */
const ANSWER_MS_MAX = 20_000;

/** A channel to one regd. Errors of its calls are {@link Failure}s, or the reason of the signal. */
export class Connection {
  /** Where regd is, as gRPC writes it. */
  readonly address: string;
  readonly #client: Client;
  readonly #metadata: Metadata;

  constructor(address: string, { credentials, metadata }: Identity) {
    this.address = address;
    this.#metadata = metadata;
    this.#client = new Client(address, credentials, {
      // A regd that comes back is found again within about a second.
      'grpc.initial_reconnect_backoff_ms': 50,
      'grpc.max_reconnect_backoff_ms': 1000,
      // A host that is gone without a word is noticed while a stream waits.
      'grpc.keepalive_time_ms': 40_000,
    });
  }

  /**
   * One question, one answer. Ends early when the signal is aborted, and as unreachable when there
   * is no answer within `answerMsMax` milliseconds.
   */
  async ask<Request, Answer>(
    method: MethodDefinition<Request, Answer>,
    request: Request,
    signal: AbortSignal,
    answerMsMax: number = ANSWER_MS_MAX,
  ): Promise<Answer> {
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const call = this.#client.makeUnaryRequest(
      method.path,
      method.requestSerialize,
      method.responseDeserialize,
      request,
      this.#metadata,
      { deadline: Date.now() + answerMsMax },
      (error, answer) => {
        if (error) reject(this.#failure(error, signal));
        else if (answer === undefined) reject(this.leftEarly());
        else resolve(answer);
      },
    );
    return await whileListening(signal, () => call.cancel(), promise);
  }

  /** One question, answers until regd has told all or the signal is aborted. */
  async *watch<Request, Answer>(
    method: MethodDefinition<Request, Answer>,
    request: Request,
    signal: AbortSignal,
  ): AsyncGenerator<Answer, void, undefined> {
    signal.throwIfAborted();
    const call = this.#client.makeServerStreamRequest(
      method.path,
      method.requestSerialize,
      method.responseDeserialize,
      request,
      this.#metadata,
    );
    // Whoever leaves before the end cancels the call, and nobody listens to the error that follows.
    call.on('error', () => undefined);
    const cancel = (): void => call.cancel();
    signal.addEventListener('abort', cancel, { once: true });
    try {
      for await (const answer of call) yield answer as Answer;
    } catch (error) {
      throw isServiceError(error) ? this.#failure(error, signal) : error;
    } finally {
      signal.removeEventListener('abort', cancel);
      call.cancel();
    }
  }

  /** For a stream that ended although regd had more to tell. */
  leftEarly(): Failure {
    return unreachable(this.address, 'it ended the connection');
  }

  close(): void {
    this.#client.close();
  }

  #failure(error: ServiceError, signal: AbortSignal): unknown {
    const wasCancelled = error.code === status.CANCELLED && signal.aborted;
    return wasCancelled ? signal.reason : failureOf(error, this.address);
  }
}

async function whileListening<T>(
  signal: AbortSignal,
  onAbort: () => void,
  work: Promise<T>,
): Promise<T> {
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await work;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && 'metadata' in error && error.metadata instanceof Metadata;
}
