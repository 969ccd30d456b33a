// UUIDs as the journal and the CLI know them: lower-case text inside, 16 bytes on the wire.
import { NIL, v4, v5 } from 'uuid';
import { MalformedIdError } from './malformed-id-error.ts';

/** A UUID in its lower-case text form of 36 characters. */
export type Uuid = string & { readonly __brand: 'Uuid' };

/** The UUID of 16 zero bytes: no entity ever has it. */
export const nilUuid: Uuid = NIL as Uuid;

/** Any 16 bytes name something on the wire, whatever version they claim to be of. */
const TEXT = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Reads the text form. Throws {@link MalformedIdError}. */
export function parseUuid(text: string): Uuid {
  if (!TEXT.test(text)) throw new MalformedIdError('uuid', 'invalid UUID text');
  return text.toLowerCase() as Uuid;
}

/** Reads 16 bytes, big-endian (RFC 9562). Throws {@link MalformedIdError} on any other length. */
export function uuidFromBytes(bytes: Uint8Array): Uuid {
  if (bytes.length !== 16) throw new MalformedIdError('uuid', 'invalid data size');
  const hex = Buffer.from(bytes.buffer, bytes.byteOffset, 16).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}` as Uuid;
}

/** The 16 bytes of a UUID, big-endian. Throws a TypeError for a text that never was one: a bug. */
export function uuidToBytes(id: Uuid): Uint8Array {
  const digits =
    id.slice(0, 8) + id.slice(9, 13) + id.slice(14, 18) + id.slice(19, 23) + id.slice(24);
  // It ends with the first character that is no digit.
  const bytes = Buffer.from(digits, 'hex');
  if (bytes.length !== 16 || digits.length !== 32) throw new TypeError(`not a UUID: ${id}`);
  return new Uint8Array(bytes);
}

/** A new random id (version 4). */
export function randomUuid(): Uuid {
  return v4() as Uuid;
}

/** The id that a name always has (version 5, SHA-1). */
export function namedUuid(name: string, namespace: Uuid): Uuid {
  return v5(name, namespace) as Uuid;
}
