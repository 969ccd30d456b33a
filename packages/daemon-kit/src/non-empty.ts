import { InvalidArgumentError } from 'commander';

/**
 * Parses the value of a flag that names something. An empty one comes of a variable that is not set, and
 * would mean the current directory where a path is asked for.
 */
export function nonEmpty(text: string): string {
  if (text !== '') return text;
  throw new InvalidArgumentError('it must not be empty');
}
