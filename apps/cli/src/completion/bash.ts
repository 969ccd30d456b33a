// Completion for bash. What may be typed where is in the script itself, so that no program runs while
// somebody waits for an answer to the Tab key.
import type { CommandLine, Level, OptionPlace, Wanted } from './command-line.ts';
import { place, valuePlaces, type Place } from './place.ts';

export function bashScript(commandLine: CommandLine): string {
  const { name, options, levels } = commandLine;
  const commands = levels.slice(1).map(({ words }) => ({ key: place(words) }));
  const values = valuePlaces(commandLine);
  const places = [...values, ...levels.flatMap(argumentPlaces)];
  const filled = places.filter(({ wanted }) => wanted !== 'anything');
  return `# Completion of ${name} for bash, made by \`${name} completion bash\`.
_${name}() {
  local IFS=$' \\t\\n' cur=\${COMP_WORDS[COMP_CWORD]} at= place=0 option= last= offered= word i
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    # bash takes --state=DIR and unix:FILE apart.
    if [[ $word == [=:] ]]; then option=$last; continue; fi
    if [[ $option ]]; then option=; continue; fi
    last=
    case "$at $word" in
      ${patterns(commands)})
        at+=" $word" place=0 ;;
      ${patterns(values)})
        option=$word last=$word ;;
      *' -'*) ;;
      *) place=$((place + 1)) ;;
    esac
  done
  if [[ $cur == [=:] ]]; then option=$last cur=; fi
  if [[ ! $option && $cur == -* ]]; then
    case $at in
${levels
  .filter((level) => level.options.length > 0)
  .map((level) => `      ${quoted(place(level.words))}) ${offer(flagsOf(level.options))} ;;\n`)
  .join('')}    esac
    offered+=${quoted(` ${flagsOf(options).join(' ')}`)}
  else
    case "$at \${option:-$place}" in
${groups(filled)
  .map(([alike, action]) => `      ${patterns(alike)})\n        ${action} ;;`)
  .join('\n')}
    esac
  fi
  COMPREPLY=($(compgen -W "$offered" -- "$cur"))
}
complete -F _${name} ${name}
`;
}

function argumentPlaces({ words, commands, arguments: all }: Level): readonly Place[] {
  const key = (position: number): string => `${place(words)} ${position}`;
  const names = commands.map(({ name }) => name);
  const first = names.length > 0 ? [{ key: key(0), wanted: names }] : [];
  return [...first, ...all.map(({ wanted }, position) => ({ key: key(position), wanted }))];
}

/** Places by what is done there. */
function groups(places: readonly Place[]): readonly (readonly [readonly Place[], string])[] {
  const byAction = Map.groupBy(places, ({ wanted }) => actionFor(wanted));
  return [...byAction].map(([action, alike]) => [alike, action]);
}

function actionFor(wanted: Wanted): string {
  if (wanted === 'anything') return ':';
  if (typeof wanted !== 'string') return offer(wanted);
  // readline knows better than a script how to write names with spaces in them.
  return wanted === 'files' ? 'compopt -o default' : 'compopt -o dirnames';
}

const offer = (words: readonly string[]): string => `offered=${quoted(words.join(' '))}`;
const flagsOf = (options: readonly OptionPlace[]): readonly string[] =>
  options.flatMap(({ flags }) => flags);
const patterns = (places: readonly Pick<Place, 'key' | 'isAnywhere'>[]): string =>
  places.map(({ key, isAnywhere }) => `${isAnywhere ? '*' : ''}${quoted(key)}`).join(' | ');
const quoted = (text: string): string => `'${text}'`;
