// Notices bits that flipped on the disk. No protection against people: whoever can change a body can
// change its checksum.
import { crc32 } from 'node:zlib';
import type { Database } from 'better-sqlite3';

/** The CRC-32 of a body, as it is stored beside it. */
export function checksumOf(body: Uint8Array): number {
  return crc32(body);
}

/** Lets SQL compute the same, as `crc32(body)`. */
export function addChecksumFunction(db: Database): void {
  db.function('crc32', { deterministic: true, directOnly: true }, (body) =>
    body instanceof Uint8Array ? checksumOf(body) : null,
  );
}
