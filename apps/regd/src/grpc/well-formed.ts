// Bytes that are no message are the client's fault, and answered as such.
import { badArgument } from './rpc-error.ts';

/** In the place of a message. The library would answer it as a defect of the server. */
class MalformedMessage {
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}

/** Reads messages, and throws for no bytes: {@link wellFormed} does that, where calls are answered. */
export function tolerant(deserialize: (bytes: Buffer) => unknown): (bytes: Buffer) => unknown {
  return (bytes) => {
    try {
      return deserialize(bytes);
    } catch (error) {
      return new MalformedMessage(error instanceof Error ? error.message : String(error));
    }
  };
}

/** The same request. Throws an {@link RpcError} for what came from bytes that are no message. */
export function wellFormed(request: unknown): unknown {
  if (!(request instanceof MalformedMessage)) return request;
  const text = `grpc: error unmarshalling request: ${request.reason}`;
  throw badArgument('MESSAGE_MALFORMED', text, 'Send the protobuf message of this call.');
}
