// File names are bytes. This file owns how the tree code holds them, and how it shows them to people.
import { isUtf8 } from 'node:buffer';
import { printable } from '@permafrost/daemon-kit/printable';

/**
 * A file name or path as its bytes, one character (U+0000 to U+00FF) a byte: what Node calls
 * `latin1`. It is a string and no Buffer because millions of them may wait in memory, and a short
 * string takes a fraction of the space.
 */
export type ByteName = string;

export function byteName(bytes: Uint8Array): ByteName {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}

export function bytesOf(name: ByteName): Buffer {
  return Buffer.from(name, 'latin1');
}

/** A path as people typed it, made fit for a message as {@link printableName} does. */
export function printablePath(path: string): string {
  return printableName(Buffer.from(path, 'utf8'));
}

/**
 * The bytes as one line of valid UTF-8, for messages: bytes that are no UTF-8 come out as `\xNN`,
 * control characters as `\n` or `\u{N}`. For people only, since different names may look the same.
 */
export function printableName(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length;) {
    const width = [1, 2, 3, 4].find(
      (count) => at + count <= bytes.length && isUtf8(bytes.subarray(at, at + count)),
    );
    text += width
      ? printable(Buffer.from(bytes.subarray(at, at + width)).toString('utf8'))
      : `\\x${(bytes[at] ?? 0).toString(16).padStart(2, '0')}`;
    at += width ?? 1;
  }
  return text;
}
