// A gRPC client for tests: any method of any contract, its answer, its error with trailers.
import { Readable } from 'node:stream';
import {
  Client,
  credentials,
  Metadata,
  type ChannelCredentials,
  type ServiceError,
} from '@grpc/grpc-js';

interface Method {
  readonly path: string;
  readonly requestSerialize: (value: never) => Buffer;
  readonly responseDeserialize: (bytes: Buffer) => unknown;
}
type Request<M extends Method> = Parameters<M['requestSerialize']>[0];
type Response<M extends Method> = ReturnType<M['responseDeserialize']>;

/** How a call failed, as far as it is a promise to clients. */
export type Failure = Readonly<{
  status: number;
  text: string;
  code: string | undefined;
  remedy: string | undefined;
  holder: string | undefined;
  /** `grpc-status-details-bin`, in hex. */
  details: string | undefined;
}>;

export class RpcClient {
  readonly #client: Client;
  readonly #metadata = new Metadata();

  constructor(
    target: string,
    options: {
      credentials?: ChannelCredentials;
      token?: string | undefined;
      reason?: string | undefined;
    } = {},
  ) {
    this.#client = new Client(target, options.credentials ?? credentials.createInsecure());
    if (options.token !== undefined) this.#metadata.set('authorization', options.token);
    if (options.reason !== undefined) {
      this.#metadata.set('permafrost-reason-bin', Buffer.from(options.reason));
    }
  }

  /** Resolves to the answer, rejects with a {@link ServiceError}. */
  call<M extends Method>(method: M, request: Request<M>): Promise<Response<M>> {
    return new Promise((resolve, reject) => {
      this.#client.makeUnaryRequest(
        method.path,
        method.requestSerialize as (value: unknown) => Buffer,
        method.responseDeserialize,
        request,
        this.#metadata,
        (error, response) => {
          if (error) reject(error);
          else resolve(response as Response<M>);
        },
      );
    });
  }

  /** Sends bytes as they are, to a method of whatever kind; resolves to its status. */
  sendBytes(path: string, bytes: Buffer): Promise<number> {
    return new Promise((resolve) => {
      const same = (value: Buffer): Buffer => value;
      const stream = this.#client.makeServerStreamRequest(path, same, same, bytes, this.#metadata);
      stream.on('data', () => undefined);
      stream.on('error', () => undefined);
      stream.on('status', ({ code }) => resolve(code));
    });
  }

  /** Opens a stream; leaving the loop cancels it. */
  async *stream<M extends Method>(method: M, request: Request<M>): AsyncGenerator<Response<M>> {
    const stream = this.#client.makeServerStreamRequest(
      method.path,
      method.requestSerialize as (value: unknown) => Buffer,
      method.responseDeserialize,
      request,
      this.#metadata,
    );
    // A cancelled stream emits its error after the loop has gone.
    stream.on('error', () => undefined);
    try {
      for await (const message of stream) yield message as Response<M>;
    } finally {
      stream.cancel();
    }
  }

  async all<M extends Method>(method: M, request: Request<M>): Promise<Response<M>[]> {
    const messages: Response<M>[] = [];
    for await (const message of this.stream(method, request)) messages.push(message);
    return messages;
  }

  /** Sends the requests, one after the other, and stays for what is answered; leaving the loop cancels. */
  async *converse<M extends Method>(
    method: M,
    requests: Iterable<Request<M>> | AsyncIterable<Request<M>>,
  ): AsyncGenerator<Response<M>> {
    const stream = this.#client.makeBidiStreamRequest(
      method.path,
      method.requestSerialize as (value: unknown) => Buffer,
      method.responseDeserialize,
      this.#metadata,
    );
    stream.on('error', () => undefined);
    Readable.from(requests).pipe(stream);
    try {
      for await (const message of stream) yield message as Response<M>;
    } finally {
      stream.cancel();
    }
  }

  close(): void {
    this.#client.close();
  }
}

/** The failure of a call; throws if it succeeds. */
export async function failureOf(call: Promise<unknown>): Promise<Failure> {
  try {
    await call;
  } catch (error) {
    const { code: status, details: text, metadata } = error as ServiceError;
    if (!(metadata instanceof Metadata)) throw error;
    const trailer = (key: string): string | undefined => metadata.get(key)[0]?.toString();
    return {
      status,
      text,
      code: trailer('permafrost-code'),
      remedy: trailer('permafrost-remedy'),
      holder: trailer('permafrost-holder'),
      details: (metadata.get('grpc-status-details-bin')[0] as Buffer | undefined)?.toString('hex'),
    };
  }
  throw new Error('the call succeeded');
}
