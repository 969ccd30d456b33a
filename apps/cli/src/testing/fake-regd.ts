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
  /** What the calls showed as their token. */
  readonly tokens: (string | undefined)[] = [];
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
      this.tokens.push(call.metadata.get('authorization')[0]?.toString());
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
    await this.#bind(this.address, ServerCredentials.createInsecure());
    return this;
  }

  /** Starts on a port instead; tells which. */
  async startWithTls(credentials: ServerCredentials): Promise<number> {
    return await this.#bind('localhost:0', credentials);
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

  async #bind(address: string, credentials: ServerCredentials): Promise<number> {
    const server = new Server();
    for (const register of this.#methods) register(server);
    this.#server = server;
    return await new Promise((resolve, reject) => {
      server.bindAsync(address, credentials, (error, port) =>
        error ? reject(error) : resolve(port),
      );
    });
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
