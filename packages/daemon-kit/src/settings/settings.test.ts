import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SettingsError } from './settings-error.ts';
import { addSettingsFlags, changedSettings, readSettings, type Settings } from './settings.ts';

interface Flags {
  host: string;
  root: readonly string[];
  jobs: number;
  quiet?: true;
}

let dir: string;
let file: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'permafrost-settings-'));
  file = join(dir, 'd.toml');
});
afterEach(() => rmSync(dir, { recursive: true }));

const commandLine = (): Command =>
  addSettingsFlags(
    new Command('daemon')
      .exitOverride()
      .configureOutput({ writeErr: () => undefined })
      .requiredOption('--host <name>', 'whom')
      .addOption(
        new Option('--root <dir>', 'where')
          .argParser((text, previous: readonly string[]) => [...previous, text])
          .default([]),
      )
      .option('--jobs <count>', 'how many', count, 4)
      .option('--quiet', 'say less'),
    file,
  );

function count(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('not a count');
  return Number(text);
}

function read(...args: readonly string[]): Settings<Flags> {
  return readSettings<Flags>({ commandLine, defaultFile: file, arguments: args });
}

function fault(text: string): string {
  writeFileSync(file, text);
  try {
    read('--host', 'a');
  } catch (error) {
    if (error instanceof SettingsError) return error.message;
    throw error;
  }
  return 'none';
}

test('a file sets what flags set, required ones too', () => {
  writeFileSync(file, 'host = "a"\nroot = ["/x", "/y"]\njobs = 2\nquiet = true\n');
  expect(read().flags).toEqual({ host: 'a', root: ['/x', '/y'], jobs: 2, quiet: true });
});

test('a flag overrides the file, lists included', () => {
  writeFileSync(file, 'host = "a"\nroot = ["/x"]\njobs = 2\n');
  const { flags } = read('--root', '/p', '--root=/q', '--jobs', '3');
  expect(flags).toEqual({ host: 'a', root: ['/p', '/q'], jobs: 3 });
});

test('the standard file may be missing, one that is named may not', () => {
  expect(read('--host', 'a').flags).toEqual({ host: 'a', root: [], jobs: 4 });
  expect(() => read('--host', 'a', '--config', join(dir, 'no.toml'))).toThrow('no such file');
});

test('an unknown flag is told before what is missing, or wrong in the file', () => {
  writeFileSync(file, 'jobs = "many"\n');
  expect(() => read('--hots', 'a')).toThrow("unknown option '--hots'");
});

test('tells all that is wrong, and where', () => {
  expect(fault('# settings\nhots = "a"\n\njobs = "many"\nquiet = 1\nroot = [1]\n')).toBe(
    [
      `${file}:2: hots is not a setting`,
      `${file}:4: jobs is unusable: not a count`,
      `${file}:5: quiet must be true or false`,
      `${file}:6: root must be a string, or an array of strings`,
    ].join('\n'),
  );
  expect(fault('[host]\nname = "a"\n')).toBe(`${file}:1: host must be a string`);
  expect(fault('config = "x"\n')).toBe(`${file}:1: config is not a setting`);
  expect(fault('host = "a"\njobs = = 1\n')).toMatch(`${file}:2:`);
});

test('the settings in effect, read as a file, set the same', () => {
  writeFileSync(file, 'jobs = 2\nquiet = false\n');
  const before = read('--host', 'a', '--root', '/p');
  writeFileSync(file, before.text);
  expect(read().flags).toEqual(before.flags);
});

test('names the settings that differ', () => {
  writeFileSync(file, 'host = "a"\nroot = ["/x"]\n');
  const before = read();
  writeFileSync(file, 'host = "a"\nroot = ["/x", "/y"]\nquiet = true\n');
  expect(changedSettings(before, read())).toEqual(['root', 'quiet']);
});
