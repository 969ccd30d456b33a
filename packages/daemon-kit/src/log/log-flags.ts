// The flags of both daemons that say what is logged, and how.
import { Option, type Command } from 'commander';

const levels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
const formats = ['auto', 'json', 'pretty'] as const;

export type LogFlags = Readonly<{
  logLevel: (typeof levels)[number];
  logFormat: (typeof formats)[number];
}>;

/** Adds `--log-level` and `--log-format`. */
export function addLogFlags(program: Command): Command {
  return program
    .addOption(
      new Option('--log-level <level>', 'log what is as grave as this, or graver')
        .choices(levels)
        .default('info'),
    )
    .addOption(
      new Option(
        '--log-format <format>',
        'json: an object a line; pretty: for people; auto: pretty on a terminal, else json',
      )
        .choices(formats)
        .default('auto'),
    );
}
