// Completion for zsh: a function for each command, which tells zsh's own _arguments what may follow.
import type { ArgumentPlace, CommandLine, Level, OptionPlace, Wanted } from './command-line.ts';

export function zshScript({ name, options, levels }: CommandLine): string {
  return `#compdef ${name}
# Completion of ${name} for zsh, made by \`${name} completion zsh\`.
_${name}() {
  local -a everywhere=(
    ${options.flatMap(optionSpecs).map(quoted).join('\n    ')}
  )
  _${name}_ "$@"
}
${levels.map((level) => functionOf(name, level)).join('')}
if [[ $funcstack[1] == _${name} ]]; then
  _${name} "$@"
else
  compdef _${name} ${name}
fi
`;
}

function functionOf(program: string, { words, commands, options, ...level }: Level): string {
  const name = ['', program, ...words].join('_') + (words.length === 0 ? '_' : '');
  const specs = [
    ...options.flatMap(optionSpecs),
    ...level.arguments.map(argumentSpec),
    ...(commands.length > 0 ? ['1:command:->command', '*::argument:->rest'] : []),
  ];
  const call = ['_arguments -C "${everywhere[@]}"', ...specs.map(quoted)].join(' \\\n    ');
  return `${name}() {
  local curcontext=$curcontext context state state_descr line
  typeset -A opt_args
  ${call}${commands.length > 0 ? deeper(name, commands) : ''}
}
`;
}

/** What comes after a command is for the function of that command. */
function deeper(name: string, commands: Level['commands']): string {
  const described = commands.map(
    (command) => `      ${quoted(`${command.name}:${escaped(command.description)}`)}`,
  );
  return ` && return
  case $state in
    command)
      local -a commands=(
${described.join('\n')}
      )
      _describe command commands ;;
    rest)
      case $line[1] in
        ${commands.map((command) => command.name).join(' | ')}) ${name.replace(/_$/, '')}_$line[1] ;;
      esac ;;
  esac`;
}

function optionSpecs({ flags, description, value }: OptionPlace): readonly string[] {
  const explained = `[${escaped(description)}]`;
  return flags.map((flag) =>
    value ? `*${flag}=${explained}:${value.name}:${action(value.wanted)}` : `${flag}${explained}`,
  );
}

function argumentSpec({ name, wanted, isRequired }: ArgumentPlace, index: number): string {
  return `${index + 1}${isRequired ? ':' : '::'}${name}:${action(wanted)}`;
}

function action(wanted: Wanted): string {
  if (wanted === 'anything') return ' ';
  if (wanted === 'files') return '_files';
  return wanted === 'directories' ? '_files -/' : `(${wanted.join(' ')})`;
}

const escaped = (text: string): string => text.replace(/[\\[\]:]/g, String.raw`\$&`);
const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;
