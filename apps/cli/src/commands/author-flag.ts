import { Option } from 'commander';
import { authorArgument } from '../arguments.ts';
import { AUTHOR_EXAMPLE } from '../author.ts';

/** The flag of the commands that are recorded under somebody's name. */
export function authorFlag(): Option {
  return new Option(
    '--author <author>',
    `who is named for it, such as '${AUTHOR_EXAMPLE}'; without it, git's user.name and user.email`,
  ).argParser(authorArgument);
}
