// Event ids. A ULID is 6 bytes of Unix milliseconds, big-endian, then 10 random bytes; its text is
// 26 characters of Crockford base32, upper case. Order in a history is the parent chain, never the
// order of ids (spec/wire.md 2).
import { monotonicFactory, type PRNG } from 'ulid';
import { MalformedIdError } from './malformed-id-error.ts';

/** A ULID in its text form of 26 characters. */
export type Ulid = string & { readonly __brand: 'Ulid' };

/** A version id: the id of the latest event of a history. */
export type Vid = Ulid;

/** The parent of a first event, and the vid of a history without events. */
export const nilUlid: Ulid = '0'.repeat(26) as Ulid;

/** As a vid argument: skip the version check. */
export const NoVC: Vid = `${'0'.repeat(25)}1` as Vid;

/** As a vid argument: skip the version check, and decide again when somebody else was faster. */
export const RetryNoVC: Vid = `${'0'.repeat(25)}2` as Vid;

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const CODES = Buffer.from(ALPHABET, 'latin1');
/** The value of each character, by its code. */
const VALUES = new Uint8Array(128);
for (const [value, code] of CODES.entries()) VALUES[code] = value;
/** Where a text is put together: one made by joining characters takes more memory, and longer. */
const scratch = Buffer.alloc(26);
const TEXT = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;

/** Reads the text form. Throws {@link MalformedIdError}. */
export function parseUlid(text: string): Ulid {
  const upper = text.toUpperCase();
  if (!TEXT.test(upper)) throw new MalformedIdError('ulid', 'ulid: invalid text');
  return upper as Ulid;
}

/** Reads 16 bytes. Throws {@link MalformedIdError} on any other length. */
export function ulidFromBytes(bytes: Uint8Array): Ulid {
  if (bytes.length !== 16) {
    throw new MalformedIdError('ulid', 'ulid: bad data size when unmarshaling');
  }
  return ulidAt(bytes, 0);
}

/** Reads the 16 bytes from `start` on, which must be there. */
export function ulidAt(bytes: Uint8Array, start: number): Ulid {
  // 130 bits of text carry 128 of data: start as if two zero bits came first.
  let at = 0;
  let bits = 2;
  let value = 0;
  for (let i = start; i < start + 16; i++) {
    value = (value << 8) | (bytes[i] ?? 0);
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      scratch[at++] = CODES[(value >> bits) & 31] ?? 0;
    }
    value &= (1 << bits) - 1;
  }
  return scratch.toString('latin1') as Ulid;
}

/** The 16 bytes of a ULID. */
export function ulidToBytes(id: Ulid): Uint8Array {
  const bytes = new Uint8Array(16);
  let bits = -2;
  let value = 0;
  let at = 0;
  for (let i = 0; i < id.length; i++) {
    value = (value << 5) | valueAt(id, i);
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = (value >> bits) & 255;
      value &= (1 << bits) - 1;
    }
  }
  return bytes;
}

/** When the id was made, in Unix milliseconds. */
export function ulidTimeMs(id: Ulid): number {
  let ms = 0;
  for (let i = 0; i < 10; i++) ms = ms * 32 + valueAt(id, i);
  return ms;
}

function valueAt(id: Ulid, i: number): number {
  return VALUES[id.charCodeAt(i)] ?? 0;
}

/**
 * A source of ids that never go backwards within a process, even when the clock does.
 * `random` gives numbers in [0, 1); the default draws from the system's secure source.
 */
export function ulidSource(
  nowMs: () => number = Date.now,
  random: PRNG = secureRandom(),
): () => Ulid {
  const next = monotonicFactory(random);
  return () => next(nowMs()) as Ulid;
}

/**
 * Numbers in [0, 1) from the system's secure source, a whole stock at a time: a call costs about as
 * much for one as for a thousand, and an id takes 16.
 */
function secureRandom(): PRNG {
  const stock = new Uint8Array(1024);
  let left = 0;
  return () => {
    if (left === 0) left = crypto.getRandomValues(stock).length;
    return (stock[--left] ?? 0) / 256;
  };
}
