// A man page of a command, made of what its help says.
import type { Command } from 'commander';
import { helpTextOf, type ExitCode } from './help-text.ts';
import * as roff from './roff.ts';

export type PageOrder = Readonly<{
  /** Of the page, such as `permafrost-freeze`. */
  name: string;
  section: 1 | 8;
  command: Command;
  /** Those of the program. */
  exitCodes: readonly ExitCode[];
  surroundings: Surroundings;
  /** Day and version that are shown at the foot. */
  foot: Foot;
}>;

/** What help has no place for: names and what they are, and pages to read on, such as `chattr(1)`. */
export type Surroundings = Readonly<{
  files: Readonly<Record<string, string>>;
  environment: Readonly<Record<string, string>>;
  seeAlso: readonly string[];
}>;

export type Foot = Readonly<{ date: string; version: string }>;

/** The page in roff, for man. */
export function pageText(order: PageOrder): string {
  const { name, section, command, exitCodes, surroundings, foot } = order;
  const below = command.parent ? subcommandsOf(command) : [];
  const described = below.length > 0 ? below : [command];
  return roff.page([
    roff.title({ name, section, date: foot.date, source: `Permafrost ${foot.version}` }),
    roff.heading('NAME'),
    `${roff.escaped(name)} \\- ${roff.prose(phrase(command.description()))}\n`,
    roff.heading('SYNOPSIS'),
    ...described.map((shown) => roff.paragraph(roff.typed(usageOf(shown)))),
    roff.heading('DESCRIPTION'),
    roff.paragraph(roff.prose(sentence(command.description()))),
    ...helpTextOf(command).paragraphs.flatMap(runs),
    ...part('COMMANDS', command.parent ? below.flatMap(explained) : listed(command)),
    ...part('ARGUMENTS', argumentsOf(command)),
    ...part('OPTIONS', [...optionsOf(command), ...inherited(command)]),
    ...part('EXAMPLES', described.flatMap(examplesOf)),
    ...part('EXIT STATUS', items(exitCodes.map(({ code, meaning }) => [roff.bold(code), meaning]))),
    ...part('FILES', named(surroundings.files, roff.italic)),
    ...part('ENVIRONMENT', named(surroundings.environment, roff.bold)),
    ...part('SEE ALSO', [roff.paragraph(surroundings.seeAlso.map(reference).join(', '))]),
  ]);
}

/** The commands that somebody has added, without the `help` that commander adds. */
export function subcommandsOf(command: Command): readonly Command[] {
  const visible = command.createHelp().visibleCommands(command);
  return command.commands.filter((below) => visible.includes(below));
}

export function pageName(command: Command): string {
  return command.parent ? `${pageName(command.parent)}-${command.name()}` : command.name();
}

function part(heading: string, texts: readonly string[]): readonly string[] {
  return texts.length > 0 ? [roff.heading(heading), ...texts] : [];
}

/** Of a program, whose commands have pages of their own. */
function listed(program: Command): readonly string[] {
  return items(
    subcommandsOf(program).map((command) => [
      reference(`${pageName(command)}(1)`),
      command.description(),
    ]),
  );
}

/** A command that shares a page with others. */
function explained(command: Command): readonly string[] {
  return [
    roff.subheading(roff.typed(usageOf(command))),
    roff.paragraph(roff.prose(sentence(command.description()))),
    ...helpTextOf(command).paragraphs.flatMap(runs),
    ...argumentsOf(command),
    ...optionsOf(command),
  ];
}

function usageOf(command: Command): string {
  return command.createHelp().commandUsage(command);
}

function argumentsOf(command: Command): readonly string[] {
  const help = command.createHelp();
  return items(
    help
      .visibleArguments(command)
      .map((argument) => [
        roff.italic(help.argumentTerm(argument)),
        help.argumentDescription(argument),
      ]),
  );
}

function optionsOf(command: Command): readonly string[] {
  const help = command.createHelp();
  return items(
    help
      .visibleOptions(command)
      .map((option) => [roff.typed(help.optionTerm(option)), help.optionDescription(option)]),
  );
}

/** The options of the program are told on its own page. */
function inherited({ parent }: Command): readonly string[] {
  if (!parent) return [];
  const there = reference(`${pageName(parent)}(1)`);
  return [roff.paragraph(`The options of ${there} may be given, too.`)];
}

function examplesOf(command: Command): readonly string[] {
  const { examples } = helpTextOf(command);
  return examples.length > 0 ? [roff.literal(examples)] : [];
}

function named(
  things: Readonly<Record<string, string>>,
  style: (text: string) => string,
): readonly string[] {
  return items(Object.entries(things).map(([name, meaning]) => [style(name), meaning]));
}

function items(pairs: readonly (readonly [term: string, meaning: string])[]): readonly string[] {
  return pairs.map(([term, meaning]) => roff.item(term, roff.prose(meaning)));
}

/** The lines of a paragraph: those that begin with spaces stay lines. */
function runs(lines: readonly string[]): readonly string[] {
  const isLiteral = (line: string): boolean => line.startsWith(' ');
  const [first] = lines;
  if (first === undefined) return [];
  const end = lines.findIndex((line) => isLiteral(line) !== isLiteral(first));
  const run = end === -1 ? lines : lines.slice(0, end);
  const text = isLiteral(first)
    ? roff.literal(run.map((line) => line.trim()))
    : roff.paragraph(roff.prose(run.join(' ')));
  return [text, ...runs(lines.slice(run.length))];
}

/** Such as `chattr(1)`. */
function reference(page: string): string {
  const [name = '', section = ''] = page.split(/(?=\()/);
  return roff.bold(name) + roff.escaped(section);
}

const phrase = (text: string): string =>
  text.charAt(0).toLowerCase() + text.slice(1).replace(/\.$/, '');
const sentence = (text: string): string =>
  text.charAt(0).toUpperCase() + text.slice(1).replace(/\.?$/, '.');
