// Stored bytes as a message that a stream can send. A client shall get the very bytes that were
// stored, so it is checked that the message gives them back.
import { EventDecodeError, type StoredEvent } from '@permafrost/events';
import type { Log } from '@permafrost/workflow-core';

export interface MessageType<M> {
  decode(bytes: Uint8Array): M;
  encode(message: M): { finish(): Uint8Array };
}

/** Throws {@link EventDecodeError} for bytes that are no message. */
export function messageOf<M>(type: MessageType<M>, { kind, body }: StoredEvent): M {
  try {
    return type.decode(body);
  } catch (cause) {
    throw new EventDecodeError(kind, 'not a protobuf message', { cause });
  }
}

/** Whether a message gives back the bytes that it came from. */
export function isLossless<M>(type: MessageType<M>, message: M, body: Uint8Array): boolean {
  return Buffer.from(type.encode(message).finish()).equals(body);
}

/**
 * The message of an event, as clients of the Go system have always had it: who asked for it is for the
 * operator alone. A loss is told to the operator, for the contract misses a field then.
 */
export function messageToSend<M extends object>(
  type: MessageType<M>,
  event: StoredEvent,
  log: Log,
): M {
  const message = messageOf(type, event);
  if (!isLossless(type, message, event.body)) {
    log.error({ history: event.history, event: event.id }, 'a stored event has unknown fields');
  }
  return { ...message, origin: undefined };
}
