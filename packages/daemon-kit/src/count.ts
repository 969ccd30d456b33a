import { InvalidArgumentError } from 'commander';

/** Parses the value of a flag that is a count above 0, up to `max` if there is one. */
export function countUpTo(max: number = Infinity): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < 1) {
      throw new InvalidArgumentError('not a count above 0');
    }
    if (value > max) throw new InvalidArgumentError(`more than ${max}`);
    return value;
  };
}
