import { Option } from 'commander';
import { nonEmptyArgument } from '../arguments.ts';

/** The flag of the commands that change something. */
export function reasonFlag(): Option {
  return new Option('--reason <text>', 'why, for the record').argParser(nonEmptyArgument);
}
