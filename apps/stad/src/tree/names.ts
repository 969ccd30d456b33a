// File names are bytes. This file owns how they become such names, and how people get to see them.
import { isUtf8 } from 'node:buffer';
import { printable } from '@permafrost/daemon-kit/printable';
import type { ByteString } from '../byte-string.ts';

/** A file name or path, in whatever encoding. */
export type ByteName = ByteString;

export function byteName(bytes: Uint8Array): ByteName {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}

export function bytesOf(name: ByteName): Buffer {
  return Buffer.from(name, 'latin1');
}

/** A name or path made fit for a message as {@link printableName} does. */
export function printed(name: ByteName): string {
  return printableName(bytesOf(name));
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
