// The names of places in the scripts for bash and fish, which find by themselves where they are.
import type { CommandLine, OptionPlace, Wanted } from './command-line.ts';

export type Place = Readonly<{
  /** A command and an option or the number of an argument, such as ` init repo --author`. */
  key: string;
  /** Whether any command may stand before the key. */
  isAnywhere?: true;
  wanted: Wanted;
}>;

/** A command, such as ` init repo`; empty for the program itself. */
export function place(words: readonly string[]): string {
  return words.map((word) => ` ${word}`).join('');
}

/** Where the values of options stand. */
export function valuePlaces({ options, levels }: CommandLine): readonly Place[] {
  const own = levels.flatMap((level) =>
    level.options.flatMap((option) => valuesOf(option, place(level.words))),
  );
  const common = options.flatMap((option) => valuesOf(option, ''));
  return [...own, ...common.map((value) => ({ ...value, isAnywhere: true as const }))];
}

function valuesOf({ flags, value }: OptionPlace, before: string): readonly Place[] {
  return value ? flags.map((flag) => ({ key: `${before} ${flag}`, wanted: value.wanted })) : [];
}
