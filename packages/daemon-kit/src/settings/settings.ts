// The settings of a daemon: its flags, and below them its file. The command line has the last word.
import { isDeepStrictEqual } from 'node:util';
import { Option, type Command } from 'commander';
import { stringify } from 'smol-toml';
import { exitCode } from '../exit-code.ts';
import { SettingsError } from './settings-error.ts';
import { optionOf, readSettingsFile, valueOf, isRepeatable, type Texts } from './settings-file.ts';

export interface Settings<Flags> {
  readonly flags: Flags;
  /** The file that was read, if there was one. */
  readonly file?: string;
  /** The settings in effect, as a file that would set the same. */
  readonly text: string;
  /** Ends the program with what is wrong, without having changed anything. */
  refuse: (message: string) => never;
}

export interface SettingsSource {
  /** Makes the program anew, with all of its flags. */
  commandLine: () => Command;
  /** Read if `--config` names no other, and if it is there. */
  defaultFile: string;
  arguments?: readonly string[];
}

/** Adds the flags that say where the settings are. */
export function addSettingsFlags(program: Command, defaultFile: string): Command {
  return program
    .addOption(
      new Option('--config <file>', 'settings, as TOML; keys are the long flags').default(
        undefined,
        `${defaultFile}, if it is there`,
      ),
    )
    .option('--check-config', 'tell what is wrong with the settings, or what they are, and end');
}

/**
 * Reads command line and file. Help, version and wrong usage end the process, as commander has it.
 * Throws a {@link SettingsError} if the file cannot be used.
 */
export function readSettings<Flags extends object>(source: SettingsSource): Settings<Flags> {
  const argv = source.arguments ?? process.argv.slice(2);
  const typed = textsTyped(source.commandLine(), argv);
  const program = source.commandLine();
  const { path, isAsked } = fileAskedFor(typed, source.defaultFile);
  const inFile = readSettingsFile(path, program);
  if (inFile === undefined && isAsked) throw new SettingsError([`${path}: there is no such file`]);
  const texts = new Map<string, Texts>(typed);
  for (const [key, value] of inFile ?? []) {
    // A flag that is typed would else be added to what the file lists.
    if (typed.has(key)) continue;
    const option = optionOf(program, key);
    if (option === undefined || isNo(value, option)) continue;
    program.setOptionValueWithSource(option.attributeName(), valueOf(option, value), 'config');
    texts.set(key, value);
  }
  program.parse(argv, { from: 'user' });
  return {
    flags: program.opts<Flags>(),
    ...(inFile && { file: path }),
    text: settingsText(program, texts),
    refuse: (message) => program.error(`error: ${message}`),
  };
}

/** The names of the settings that differ. */
export function changedSettings<Flags extends object>(
  before: Settings<Flags>,
  after: Settings<Flags>,
): readonly string[] {
  const [old, now] = [new Map(Object.entries(before.flags)), Object.entries(after.flags)];
  const names = new Set([...old.keys(), ...now.map(([name]) => name)]);
  const current = new Map(now);
  return [...names]
    .filter((name) => !isDeepStrictEqual(old.get(name), current.get(name)))
    .map((name) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`));
}

/**
 * A pass that looks only at what is typed, and how: what is wrong there is told before what is missing,
 * which the file may bring.
 */
function textsTyped(program: Command, argv: readonly string[]): ReadonlyMap<string, Texts> {
  const typed = new Map<string, Texts>();
  for (const option of program.options) {
    program.on(`option:${option.name()}`, (text: string | null) => {
      const before = typed.get(option.name()) ?? [];
      const isListed = isRepeatable(option) && before !== true;
      typed.set(option.name(), text === null ? true : isListed ? [...before, text] : [text]);
    });
    option.makeOptionMandatory(false);
  }
  program.parse(argv, { from: 'user' });
  return typed;
}

function fileAskedFor(
  typed: ReadonlyMap<string, Texts>,
  defaultFile: string,
): { path: string; isAsked: boolean } {
  const texts = typed.get('config');
  const asked = texts === true ? undefined : texts?.[0];
  return { path: asked ?? defaultFile, isAsked: asked !== undefined };
}

/** `require-token = false` says what no flag can say: nothing. */
function isNo(texts: Texts, option: Option): boolean {
  return texts !== true && texts.length === 0 && option.isBoolean();
}

function settingsText(program: Command, texts: ReadonlyMap<string, Texts>): string {
  const table: Record<string, unknown> = {};
  for (const option of program.options) {
    if (optionOf(program, option.name()) === undefined) continue;
    const value = texts.get(option.name());
    const standard = option.defaultValueDescription ?? (option.defaultValue as unknown);
    if (value !== undefined)
      table[option.name()] = isRepeatable(option) || value === true ? value : value[0];
    else if (standard !== undefined && !isRepeatable(option)) table[option.name()] = standard;
  }
  return stringify(table);
}

/** The settings of a process that starts. What is wrong in the file is wrong usage, and ends it. */
export function settingsAtStart<Flags extends object>(source: SettingsSource): Settings<Flags> {
  try {
    return readSettings<Flags>(source);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(exitCode.wrongUsage);
  }
}
