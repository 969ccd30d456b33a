// Readers of arguments and flags. What they cannot read is wrong usage, which commander reports.
import { resolve } from 'node:path';
import { durationArgument } from '@permafrost/daemon-kit/duration';
import { InvalidArgumentError } from 'commander';
import {
  isRegistryName,
  MalformedIdError,
  parseUlid,
  parseUuid,
  type Author,
  type Ulid,
  type Uuid,
} from '@permafrost/events';
import { AUTHOR_EXAMPLE, parseAuthor } from './author.ts';
import { wrongUsage } from './failure.ts';

export function uuidArgument(text: string): Uuid {
  return reading(() => parseUuid(text), 'It must be a UUID.');
}

export function ulidArgument(text: string): Ulid {
  return reading(() => parseUlid(text), 'It must be the id of an event, as `events --json` shows.');
}

export function registryArgument(text: string): string {
  if (isRegistryName(text)) return text;
  throw new InvalidArgumentError(
    'A registry is named with lower-case letters, digits, and dashes and dots between them.',
  );
}

/** A relative path begins at the current directory. */
export function pathArgument(text: string): string {
  return resolve(nonEmptyArgument(text));
}

export function authorArgument(text: string): Author {
  const author = parseAuthor(text);
  if (author) return author;
  throw new InvalidArgumentError(`Write it as '${AUTHOR_EXAMPLE}'.`);
}

export function nonEmptyArgument(text: string): string {
  if (text !== '') return text;
  throw new InvalidArgumentError('It must not be empty.');
}

const SERVER = /^(unix:.+|(\[[\da-fA-F:.]+\]|[\w.-]+):\d{1,5})$/;

export function serverArgument(text: string): string {
  if (SERVER.test(text)) return text;
  throw new InvalidArgumentError('Write unix:FILE or HOST:PORT.');
}

/** A span that something can be waited for, in milliseconds: a timer holds 24 days at most. */
export function timeoutArgument(text: string): number {
  const ms = durationArgument(text);
  if (ms >= 1 && ms < 2 ** 31) return ms;
  throw new InvalidArgumentError('It must be at least 1ms and at most 24d.');
}

/**
 * Applies a reader to an argument whose meaning depends on another one, so that commander could not
 * do it. Throws a failure (wrong usage).
 */
export function readArgument<T>(read: (text: string) => T, text: string): T {
  try {
    return read(text);
  } catch (error) {
    if (error instanceof InvalidArgumentError) {
      throw wrongUsage(`'${text}' cannot be read`, error.message);
    }
    throw error;
  }
}

function reading<T>(read: () => T, otherwise: string): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof MalformedIdError) throw new InvalidArgumentError(otherwise);
    throw error;
  }
}
