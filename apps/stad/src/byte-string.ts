// File names, paths and what git stores are bytes, in no certain encoding. A string with one
// character a byte, what Node calls `latin1`, holds them without loss, compares in byte order, which
// is git's order, and is a third of the size of a Buffer: millions of names may wait in memory.

/** Bytes, each as the character U+0000 to U+00FF of the same number. */
export type ByteString = string;

/** True when every character is below U+0080, so that bytes and text are the same. */
function isAscii(value: string): boolean {
  return /^[\0-\x7f]*$/.test(value);
}

/** The UTF-8 bytes of a text. */
export function bytesOfText(text: string): ByteString {
  return isAscii(text) ? text : Buffer.from(text, 'utf8').toString('latin1');
}

/** The text of UTF-8 bytes; each malformed sequence becomes U+FFFD. */
export function textOfBytes(bytes: ByteString): string {
  return isAscii(bytes) ? bytes : Buffer.from(bytes, 'latin1').toString('utf8');
}

/** A path or content as node's functions take it. A string costs them less than a Buffer. */
export function rawOf(bytes: ByteString): string | Buffer {
  return isAscii(bytes) ? bytes : Buffer.from(bytes, 'latin1');
}
