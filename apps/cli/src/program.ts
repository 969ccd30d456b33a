// Runs a command line of `permafrost`.
import { CommanderError, type Command } from 'commander';
import { commandLine } from './command-line.ts';
import type { Bind } from './commands/bind.ts';
import { exitCode, type ExitCode } from './exit-code.ts';
import { wrongUsage } from './failure.ts';
import { Output } from './output/output.ts';
import { inSession, type GlobalOptions } from './session.ts';

/** Runs one command line, without the name of the program. Tells the exit code. */
export async function permafrost(args: readonly string[]): Promise<ExitCode> {
  let ended: ExitCode = exitCode.done;
  const bind: Bind =
    (command) =>
    async (...given) => {
      // Commander gives the command itself last.
      const { reason } = (given.at(-1) as Command).opts<{ reason?: string }>();
      const options = { ...program.opts<GlobalOptions>(), ...(reason !== undefined && { reason }) };
      ended = await inSession(options, (session) => command(session, ...given));
    };
  const program = commandLine(bind);
  try {
    await program.parseAsync(args, { from: 'user' });
    return ended;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return exitCode.done;
    // commander has told people; its flags may not have been read as far as this one.
    const out = new Output({ json: args.includes('--json') });
    out.failureValue(wrongUsage(...wordsOf(error)));
    return exitCode.wrongUsage;
  }
}

/** What is wrong, and what may have been meant. */
function wordsOf({ code, message }: CommanderError): [string, ...string[]] {
  if (code === 'commander.help') return ['the command is missing'];
  const [wrong = '', ...hints] = message.replace(/^error: /, '').split('\n');
  return [wrong, ...hints];
}
