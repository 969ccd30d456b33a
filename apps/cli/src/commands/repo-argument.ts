import { Argument } from 'commander';
import { nonEmptyArgument } from '../arguments.ts';

/**
 * The argument of the commands that are about one repo. It must not be empty: that would be the current
 * directory, to a script whose variable is not set.
 */
export function repoArgument(form: '<path-or-id>' | '[path-or-id]' = '<path-or-id>'): Argument {
  return new Argument(form, 'a repo: its path here or in the registry, or its id').argParser(
    nonEmptyArgument,
  );
}
