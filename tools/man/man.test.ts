// The man pages: nothing is lost on the way from the commands, and man has no complaint.
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { commandLine } from '@permafrost/cli/command-line';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { top } from '../pack/programs.ts';
import { manPages } from './pages.ts';
import * as roff from './roff.ts';

const pages = manPages({ date: '2026-11-24', version: '1.2.3' });
const named = (file: string): string => pages.find((page) => page.file === file)?.text ?? '';

const groff = (text: string) =>
  spawnSync('groff', ['-ww', '-man', '-Tascii', '-P-cbou', '-rLL=200n', '-rHY=0'], {
    input: text,
    encoding: 'utf8',
  });
const whyNot = groff('').error ? 'there is no groff' : undefined;
const because = whyNot ? ` (skipped: ${whyNot})` : '';

/** What is printed, without the layout. */
const shown = (text: string): string => groff(text).stdout.replace(/\s+/g, ' ').trim();

const HOSTILE = [
  '.SH is no heading',
  "'quoted' and .dotted",
  String.raw`C:\fB\n \(aq \\`,
  '--if-busy="wait" ~/a^b `c`',
];

it.each([
  ['-', '\\-'],
  ["'", '\\(aq'],
  ['\\', '\\e'],
  ['a.b', 'a.b'],
  ['.a\n.b', '\\&.a\n\\&.b'],
])('writes %j as %j', (text, expected) => {
  expect(roff.escaped(text)).toBe(expected);
});

it.skipIf(whyNot).each(HOSTILE)(`shows %s as it is${because}`, (text) => {
  const page = roff.page([
    roff.title({ name: 'x', section: 1, date: '2026-11-24', source: 'x' }),
    roff.literal([text]),
  ]);
  expect(shown(page)).toContain(text);
});

describe.each(pages.map(({ file, text }) => ({ file, text })))('$file', ({ text }) => {
  it('has its sections', () => {
    const sections = [...text.matchAll(/^\.SH (.*)$/gm)].map(([, name]) => name);
    for (const section of ['NAME', 'SYNOPSIS', 'DESCRIPTION', 'OPTIONS', 'EXAMPLES'])
      expect(sections).toContain(section);
    expect(sections.slice(-4)).toEqual(['EXIT STATUS', 'FILES', 'ENVIRONMENT', 'SEE ALSO']);
  });

  it.skipIf(whyNot)(`makes groff say nothing${because}`, () => {
    const { stderr, status } = groff(text);
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  });
});

it.skipIf(whyNot)(`tells each flag, each argument and each command${because}`, () => {
  const program = commandLine();
  for (const command of program.commands) {
    const page = shown(named(`permafrost-${command.name()}.1`));
    for (const below of [command, ...command.commands]) {
      for (const words of describing(below)) expect(page).toContain(words);
    }
    expect(shown(named('permafrost.1'))).toContain(command.description());
  }
});

function describing(command: Command): readonly string[] {
  const help = command.createHelp();
  return [
    ...help.visibleOptions(command).map((option) => option.flags.replace(/<(.*)>/, '$1')),
    ...help.visibleArguments(command).map((argument) => help.argumentDescription(argument)),
  ].map((words) => words.replaceAll('`', ''));
}

it('names the variables that the programs read', () => {
  const sources = ['apps/cli', 'apps/regd', 'apps/stad', 'packages/events']
    .flatMap((folder) =>
      readdirSync(join(top, folder), { recursive: true, encoding: 'utf8' })
        .filter((path) => /^(src|bin)\/.*(?<!\.test)\.[jt]s$/.test(path))
        .map((path) => readFileSync(join(top, folder, path), 'utf8')),
    )
    .join('\n');
  const read = new Set(
    sources.match(/\b(?:PERMAFROST|XDG)_[A-Z_]+\b|\b(?:NO_COLOR|COLUMNS|TRACEPARENT)\b(?='\])/g),
  );
  const told = pages.flatMap(({ text }) => {
    const [, environment = ''] = /^\.SH ENVIRONMENT\n(.*?)^\.SH/ms.exec(text) ?? [];
    return [...environment.matchAll(/^\\fB(.*)\\fR$/gm)].map(([, name]) => name);
  });
  expect(new Set(told)).toEqual(read);
});
