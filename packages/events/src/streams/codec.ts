// The border between events as the core sees them and the bytes that are stored and sent.
import { Fault } from '../fault.ts';
import type { StreamKind } from '../journal/journal.ts';
import type { EventHeader } from './common.ts';

/** Reads and writes the events of one kind of history. */
export interface Codec<E> {
  readonly kind: StreamKind;
  /** The bytes of spec/wire.md, header included. */
  encode(event: E, header: EventHeader): Uint8Array;
  /** Throws {@link EventDecodeError} when bytes are no event of this kind. */
  decode(bytes: Uint8Array): Readonly<{ event: E; header: EventHeader }>;
}

/** Stored bytes that are not what they should be: cut short, or an event of another stream. */
export class EventDecodeError extends Fault {
  readonly code = 'EVENT_UNREADABLE';
  readonly retry = 'never';
  readonly kind: StreamKind;

  constructor(kind: StreamKind, reason: string, options?: { cause?: unknown }) {
    super(`cannot read a ${kind} event: ${reason}`, options);
    this.kind = kind;
  }
}
