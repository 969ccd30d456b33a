// A file of settings: TOML whose keys are the long flags of the program. It may hold what the command
// line may hold, and is read into the texts that would stand there.
import { readFileSync } from 'node:fs';
import { InvalidArgumentError, type Command, type Option } from 'commander';
import { parse, TomlError } from 'smol-toml';
import { SettingsError } from './settings-error.ts';

/** What the file says of one flag: the texts of the command line, or true for a flag without a value. */
export type Texts = readonly string[] | true;

/** Only for the command line: they say what to do with the file. */
const notInFile: readonly string[] = ['config', 'check-config', 'version'];

/** Undefined if there is no such file. Throws a {@link SettingsError} that names all that is wrong. */
export function readSettingsFile(
  path: string,
  program: Command,
): ReadonlyMap<string, Texts> | undefined {
  const source = textOf(path);
  if (source === undefined) return undefined;
  const settings = new Map<string, Texts>();
  const faults: string[] = [];
  for (const [key, value] of Object.entries(tableOf(path, source))) {
    const option = optionOf(program, key);
    const texts = option && textsOf(option, value);
    const fault = option ? faultOf(option, texts) : 'is not a setting';
    if (fault !== undefined) faults.push(`${path}:${lineOf(source, key)}: ${key} ${fault}`);
    else if (texts !== undefined) settings.set(key, texts);
  }
  if (faults.length > 0) throw new SettingsError(faults);
  return settings;
}

export function optionOf(program: Command, name: string): Option | undefined {
  if (notInFile.includes(name)) return undefined;
  return program.options.find((option) => option.name() === name);
}

/** The value that the program gets for these texts. Throws what the flag's own parser throws. */
export function valueOf(option: Option, texts: Texts): unknown {
  if (texts === true) return true;
  const first: unknown = isRepeatable(option) ? option.defaultValue : undefined;
  return texts.reduce<unknown>((value, text) => option.parseArg?.(text, value) ?? text, first);
}

export function isRepeatable(option: Option): boolean {
  return Array.isArray(option.defaultValue);
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new SettingsError([`${path}: cannot be read: ${(error as Error).message}`], {
      cause: error,
    });
  }
}

function tableOf(path: string, source: string): Readonly<Record<string, unknown>> {
  try {
    return parse(source);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [what = ''] = error.message.split('\n', 1);
    throw new SettingsError([`${path}:${error.line}:${error.column}: ${what}`], { cause: error });
  }
}

/** Undefined if a value of this type cannot stand for the flag. */
function textsOf(option: Option, value: unknown): Texts | undefined {
  if (option.isBoolean()) return value === true ? true : value === false ? [] : undefined;
  if (isRepeatable(option) && Array.isArray(value)) {
    return value.every((item) => typeof item === 'string') ? value : undefined;
  }
  if (typeof value === 'string') return [value];
  return typeof value === 'number' && option.parseArg ? [String(value)] : undefined;
}

function faultOf(option: Option, texts: Texts | undefined): string | undefined {
  if (texts === undefined) {
    if (option.isBoolean()) return 'must be true or false';
    return isRepeatable(option) ? 'must be a string, or an array of strings' : 'must be a string';
  }
  try {
    valueOf(option, texts);
    return undefined;
  } catch (error) {
    if (error instanceof InvalidArgumentError) return `is unusable: ${error.message}`;
    throw error;
  }
}

/** The parser does not tell where a key stands. Keys lie in the one table, a line each. */
function lineOf(source: string, key: string): number {
  const lines = source.split('\n');
  const isAt = (line: string): boolean =>
    line.replace(/^[\s["']+/, '').startsWith(key) && /[=.\]]/.test(line);
  return lines.findIndex(isAt) + 1;
}
