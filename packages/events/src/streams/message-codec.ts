// Builds the codec of a stream from the two directions of its translation. Only the files named
// codec.ts and this one see protobuf messages.
import { MalformedIdError } from '../ids/malformed-id-error.ts';
import { ulidFromBytes, ulidToBytes, type Ulid } from '../ids/ulid.ts';
import type { StreamKind } from '../journal/journal.ts';
import { EventDecodeError, type Codec } from './codec.ts';
import { originOf, wireOrigin, type WireOrigin } from './origin.ts';

type Header = {
  event: number;
  id: Uint8Array;
  parent: Uint8Array;
  origin?: WireOrigin | undefined;
};
type Partial<M> = { [K in keyof M]?: M[K] | undefined };

/** What generated code gives for a message. */
export interface MessageType<M> {
  encode(message: M): { finish(): Uint8Array };
  decode(bytes: Uint8Array): M;
}

/** A stored message lacks what its event type needs. */
class MissingFieldError extends Error {
  constructor(field: string) {
    super(`${field} is missing`);
  }
}

/** `base` gives a message without content; `toMessage` and `fromMessage` deal with the rest. */
export function messageCodec<E, M extends Header>(options: {
  kind: StreamKind;
  message: MessageType<M>;
  base: M;
  toMessage: (event: E) => Partial<M>;
  fromMessage: (message: M) => E;
}): Codec<E> {
  const { kind, message, base, toMessage, fromMessage } = options;
  return {
    kind,
    encode: (event, { id, parent, origin }) =>
      message
        .encode({
          ...base,
          ...toMessage(event),
          id: ulidToBytes(id),
          parent: ulidToBytes(parent),
          origin: origin && wireOrigin(origin),
        })
        .finish(),
    decode: (bytes) => {
      let decoded: M;
      try {
        decoded = message.decode(bytes);
      } catch (cause) {
        throw new EventDecodeError(kind, 'not a protobuf message', { cause });
      }
      try {
        const { origin } = decoded;
        const header = {
          id: ulidFromBytes(decoded.id),
          parent: ulidFromBytes(decoded.parent),
          ...(origin && { origin: originOf(origin) }),
        };
        return { event: fromMessage(decoded), header };
      } catch (cause) {
        if (!(cause instanceof MalformedIdError || cause instanceof MissingFieldError)) throw cause;
        throw new EventDecodeError(kind, `type ${decoded.event}: ${cause.message}`, { cause });
      }
    },
  };
}

/** A sub-message that the event type must have. */
export function required<T>(value: T | undefined, field: string): T {
  if (value === undefined) throw new MissingFieldError(field);
  return value;
}

export function optionalUlid(bytes: Uint8Array | undefined): Ulid | undefined {
  return bytes === undefined || bytes.length === 0 ? undefined : ulidFromBytes(bytes);
}

/** Events that this system does not act on are read and passed on, but never made here. */
export class UnwritableEventError extends Error {
  constructor(code: number) {
    super(`event type ${code} is not written by this system`);
    this.name = 'UnwritableEventError';
  }
}
