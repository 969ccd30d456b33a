// Completion for fish: a function that finds where the cursor is, and a line for whatever may stand there.
import type { CommandLine, Level, OptionPlace, Wanted } from './command-line.ts';
import { place, valuePlaces } from './place.ts';

export function fishScript(commandLine: CommandLine): string {
  const { name, options, levels } = commandLine;
  const commands = levels.slice(1).map(({ words }) => place(words));
  const values = valuePlaces(commandLine).map(
    ({ key, isAnywhere }) => `${isAnywhere ? '*' : ''}${key}`,
  );
  const at = `__${name.replaceAll('-', '_')}_at`;
  return `# Completion of ${name} for fish, made by \`${name} completion fish\`.
function ${at} -a wanted_at wanted_place
    set -l at
    set -l place 0
    set -l is_value
    set -l words (commandline -opc)
    set -e words[1]
    for word in $words
        if test -n "$is_value"
            set is_value
            continue
        end
        switch "$at $word"
            case ${commands.map(quoted).join(' ')}
                set at "$at $word"
                set place 0
            case ${values.map(quoted).join(' ')}
                set is_value yes
            case '* -*'
            case '*'
                set place (math $place + 1)
        end
    end
    test "$at" = "$wanted_at"; and test -z "$wanted_place" -o "$place" = "$wanted_place"
end

complete -c ${name} -f
${[...options.map(optionLine), ...levels.flatMap((level) => linesOf(level, at))]
  .map((line) => `complete -c ${name} ${line}\n`)
  .join('')}`;
}

function linesOf(level: Level, at: string): readonly string[] {
  const here = place(level.words);
  const when = (position: number): string => `-n ${quoted(`${at} ${quoted(here)} ${position}`)}`;
  return [
    ...level.commands.map(
      ({ name, description }) => `${when(0)} -a ${name} -d ${quoted(description)}`,
    ),
    ...level.arguments
      .map(({ wanted }, position) => ({ wanted, position }))
      .filter(({ wanted }) => wanted !== 'anything')
      .map(({ wanted, position }) => `${when(position)} ${candidates(wanted)}`),
    ...level.options.map((option) => `-n ${quoted(`${at} ${quoted(here)}`)} ${optionLine(option)}`),
  ];
}

function optionLine({ flags, description, value }: OptionPlace): string {
  const names = flags.map((flag) =>
    flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`,
  );
  const needed = value ? ['-r', candidates(value.wanted)] : [];
  return [...names, ...needed, '-d', quoted(description)].join(' ');
}

function candidates(wanted: Wanted): string {
  if (wanted === 'anything') return '-f';
  if (wanted === 'files') return '-F';
  if (wanted === 'directories') return `-f -a '(__fish_complete_directories)'`;
  return `-f -a ${quoted(wanted.join(' '))}`;
}

const quoted = (text: string): string => `'${text.replace(/[\\']/g, String.raw`\$&`)}'`;
