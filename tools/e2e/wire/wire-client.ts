// A client that was written from the wire specification alone: its own protobuf, the bare paths of
// the methods, TLS with a client certificate, and a token.
import { randomUUID } from 'node:crypto';
import { Client, credentials, Metadata, type ServiceError } from '@grpc/grpc-js';
import { parse, type Fields } from './protobuf.ts';

/** An id as the messages carry it: 16 bytes. */
export function newId(): Buffer {
  return idOf(randomUUID());
}

export function idOf(uuid: string): Buffer {
  return Buffer.from(uuid.replaceAll('-', ''), 'hex');
}

/** The authority that it trusts, and its own certificate with its key, if it has one. */
export type Pem = Readonly<{ ca: Buffer; own: Buffer | null }>;

/** One gRPC connection; requests and answers are bytes. */
export class WireClient {
  readonly #client: Client;
  readonly #metadata = new Metadata();

  constructor(
    target: string,
    { ca, own }: Pem,
    { token, reason }: Readonly<{ token?: string; reason?: string }> = {},
  ) {
    this.#client = new Client(target, credentials.createSsl(ca, own, own));
    // The bare token, without a word before it.
    if (token !== undefined) this.#metadata.set('authorization', token);
    if (reason !== undefined) this.#metadata.set('permafrost-reason-bin', Buffer.from(reason));
  }

  /** Every message until the server ends the stream, or until `isEnough`. */
  async stream(
    path: string,
    request: Buffer,
    isEnough: (fields: Fields) => boolean = () => false,
  ): Promise<readonly Fields[]> {
    const messages: Fields[] = [];
    for await (const bytes of this.bytes(path, request)) {
      const fields = parse(bytes);
      messages.push(fields);
      if (isEnough(fields)) break;
    }
    return messages;
  }

  /** The messages as they came; who stops reading cancels the call. */
  async *bytes(path: string, request: Buffer): AsyncGenerator<Buffer> {
    const same = (bytes: Buffer): Buffer => bytes;
    const call = this.#client.makeServerStreamRequest(
      `/nogfso.${path}`,
      same,
      same,
      request,
      this.#metadata,
    );
    call.on('error', () => undefined);
    try {
      for await (const bytes of call) yield bytes as Buffer;
    } finally {
      call.cancel();
    }
  }

  async call(path: string, request: Buffer = Buffer.alloc(0)): Promise<Fields> {
    const [answer] = await this.stream(path, request);
    return answer ?? new Map();
  }

  close(): void {
    this.#client.close();
  }
}

/** The error of a call; rejects if it succeeds. */
export async function failure(call: Promise<unknown>): Promise<ServiceError> {
  return call.then(
    () => Promise.reject(new Error('the call succeeded')),
    (error: unknown) => error as ServiceError,
  );
}
