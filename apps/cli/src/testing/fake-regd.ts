// A regd of canned answers on a Unix socket of its own: just enough of the services for a command
// to talk to, and able to vanish and come back.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  Metadata,
  Server,
  ServerCredentials,
  status,
  type handleServerStreamingCall,
  type handleUnaryCall,
  type MethodDefinition,
  type StatusObject,
} from '@grpc/grpc-js';

type Answering<Request, Answer> = (request: Request) => Answer | Promise<Answer>;
type Telling<Request, Answer> = (request: Request) => AsyncIterable<Answer> | Iterable<Answer>;

/** An error answer, as regd makes it. Throw it from an answer. */
export class Refusal extends Error {
  readonly answer: Partial<StatusObject>;

  constructor(code: status, details: string, trailers: Readonly<Record<string, string>> = {}) {
    super(details);
    const metadata = new Metadata();
    for (const [key, value] of Object.entries(trailers)) metadata.set(key, value);
    this.answer = { code, details, metadata };
  }
}

export class FakeRegd implements AsyncDisposable {
  readonly address: string;
  readonly #directory: string;
  readonly #methods: ((server: Server) => void)[] = [];
  #server: Server | undefined;

  constructor(directory: string) {
    this.#directory = directory;
    this.address = `unix:${join(directory, 'regd.sock')}`;
  }

  static async create(): Promise<FakeRegd> {
    return new FakeRegd(await mkdtemp(join(tmpdir(), 'permafrost-cli-')));
  }

  /** The state directory whose socket this is. */
  get state(): string {
    return this.#directory;
  }

  /** Answers a question. */
  on<Request, Answer>(
    method: MethodDefinition<Request, Answer>,
    answer: Answering<Request, Answer>,
  ): this {
    const handle: handleUnaryCall<Request, Answer> = (call, callback) => {
      Promise.resolve(call.request)
        .then(answer)
        .then(
          (value) => callback(null, value),
          (error: unknown) => callback(statusOf(error)),
        );
    };
    return this.#register(method, handle, 'unary');
  }

  /** Answers with a stream. */
  tell<Request, Answer>(
    method: MethodDefinition<Request, Answer>,
    answers: Telling<Request, Answer>,
  ): this {
    const handle: handleServerStreamingCall<Request, Answer> = (call) => {
      const send = async (): Promise<void> => {
        for await (const answer of answers(call.request)) call.write(answer);
        call.end();
      };
      send().catch((error: unknown) => call.emit('error', statusOf(error)));
    };
    return this.#register(method, handle, 'serverStream');
  }

  async start(): Promise<this> {
    const server = new Server();
    for (const register of this.#methods) register(server);
    await new Promise<void>((resolve, reject) => {
      server.bindAsync(this.address, ServerCredentials.createInsecure(), (error) =>
        error ? reject(error) : resolve(),
      );
    });
    this.#server = server;
    return this;
  }

  /** Goes away at once, in the middle of whatever it was doing. */
  async stop(): Promise<void> {
    this.#server?.forceShutdown();
    this.#server = undefined;
    await rm(join(this.#directory, 'regd.sock'), { force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await rm(this.#directory, { recursive: true, force: true });
  }

  #register<Request, Answer>(
    { path, responseSerialize, requestDeserialize }: MethodDefinition<Request, Answer>,
    handle: handleUnaryCall<Request, Answer> | handleServerStreamingCall<Request, Answer>,
    type: 'unary' | 'serverStream',
  ): this {
    this.#methods.push((server) => {
      server.register(path, handle, responseSerialize, requestDeserialize, type);
    });
    return this;
  }
}

function statusOf(error: unknown): Partial<StatusObject> {
  return error instanceof Refusal
    ? error.answer
    : { code: status.INTERNAL, details: String(error) };
}
