// What may be typed where: the commands as completion sees them.
import type { Argument, Command, Option } from 'commander';

/** What belongs in a place. Words are for completion to offer; files and directories, for the shell. */
export type Wanted = 'files' | 'directories' | 'anything' | readonly string[];

export type OptionPlace = Readonly<{
  /** As they are typed, such as `-V` and `--version`. */
  flags: readonly string[];
  description: string;
  /** Undefined if the option takes no value. */
  value?: Readonly<{ name: string; wanted: Wanted }>;
}>;

export type ArgumentPlace = Readonly<{ name: string; wanted: Wanted; isRequired: boolean }>;

/** A command with all that may follow it. */
export type Level = Readonly<{
  /** What is typed to get there, without the name of the program. */
  words: readonly string[];
  commands: readonly Readonly<{ name: string; description: string }>[];
  /** Those that are not good everywhere. */
  options: readonly OptionPlace[];
  arguments: readonly ArgumentPlace[];
}>;

export type CommandLine = Readonly<{
  name: string;
  /** The options of the program, which may also stand behind a command. */
  options: readonly OptionPlace[];
  /** The program itself first, then each of its commands, each before those below it. */
  levels: readonly Level[];
}>;

export function commandLineOf(program: Command): CommandLine {
  const help = program.createHelp();
  const options = help.visibleOptions(program).map(optionPlace);
  const isEverywhere = (flag: string): boolean => options.some(({ flags }) => flags.includes(flag));

  const levelsFrom = (
    command: Command,
    words: readonly string[],
    siblings: readonly string[],
  ): readonly Level[] => {
    const commands = help.visibleCommands(command);
    const names = commands.map((below) => below.name());
    const level = {
      words,
      commands: commands.map((below) => ({
        name: below.name(),
        description: help.subcommandDescription(below),
      })),
      options: help
        .visibleOptions(command)
        .map(optionPlace)
        .filter(({ flags }) => !flags.some(isEverywhere)),
      arguments: command.registeredArguments.map((argument) => argumentPlace(argument, siblings)),
    };
    const deeper = commands.map((below) => levelsFrom(below, [...words, below.name()], names));
    return [level, ...deeper.flat()];
  };
  return { name: program.name(), options, levels: levelsFrom(program, [], []) };
}

function optionPlace(option: Option): OptionPlace {
  const { short, long, description, argChoices } = option;
  const flags = [short, long].filter((flag) => flag !== undefined);
  if (!option.required && !option.optional) return { flags, description };
  const [, name = 'value'] = /[<[]([^>\]]+)/.exec(option.flags) ?? [];
  return { flags, description, value: { name, wanted: argChoices ?? wantedBy(name) } };
}

function argumentPlace(argument: Argument, siblings: readonly string[]): ArgumentPlace {
  const name = argument.name();
  // Of `help`, which explains the others.
  const wanted = name === 'command' ? siblings : (argument.argChoices ?? wantedBy(name));
  return { name, wanted, isRequired: argument.required };
}

/** The name of a value, as help shows it, says what it is. */
function wantedBy(name: string): Wanted {
  if (/\b(dir|root)$/.test(name)) return 'directories';
  // `which` may be the path of a repo.
  return /\b(file|path|which)\b/.test(name) ? 'files' : 'anything';
}
