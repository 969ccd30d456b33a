// What stands below the options in the help of a command, taken apart.
import type { Command } from 'commander';

export type ExitCode = Readonly<{ code: string; meaning: string }>;

export type HelpText = Readonly<{
  /** Each with its lines; those that begin with spaces are to be shown as they are. */
  paragraphs: readonly (readonly string[])[];
  examples: readonly string[];
  exitCodes: readonly ExitCode[];
}>;

export function helpTextOf(command: Command): HelpText {
  const blocks = textAfter(command)
    .split(/\n{2,}/)
    .map((block) => block.split('\n').filter((line) => line.trim() !== ''))
    .filter((lines) => lines.length > 0);
  const [examples = []] = blocks.filter(isExamples);
  const [exitCodes = []] = blocks.filter(isExitCodes);
  return {
    paragraphs: blocks.filter((lines) => !isExamples(lines) && !isExitCodes(lines)),
    examples: examples.slice(1).map((line) => line.trim()),
    exitCodes: codesIn(exitCodes.map((line) => line.trim()).join(' ')),
  };
}

const isExamples = ([first]: readonly string[]): boolean => first === 'Examples:';
const isExitCodes = ([first]: readonly string[]): boolean => /^Exit codes: /.test(first ?? '');

function textAfter(command: Command): string {
  let help = '';
  command.configureOutput({ writeOut: (text) => (help += text) });
  command.outputHelp();
  return help.slice(command.helpInformation().length);
}

/** Of `Exit codes: 0 done, 1 failed.` */
function codesIn(text: string): HelpText['exitCodes'] {
  return [...text.matchAll(/(\d+) ([^,]+?)(?=, \d|\.$)/g)].map(([, code = '', meaning = '']) => ({
    code,
    meaning,
  }));
}
