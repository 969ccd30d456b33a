// What every command gets: the way to regd, a voice, and the signal to stop.
import { exitCode, type ExitCode } from './exit-code.ts';
import { stateDirectory, type StateDirectory } from '@permafrost/events/state-directory';
import { Connection } from './connection.ts';
import { Failure, wrongUsage } from './failure.ts';
import { readIdentity, type IdentityOptions } from './identity.ts';
import { Output } from './output/output.ts';
import { passTraceOn } from './trace-context.ts';
import { Interrupt } from './waiting/give-up.ts';

/** The flags that stand before the command. */
export type GlobalOptions = IdentityOptions &
  Readonly<{ state?: string; server?: string; json?: boolean }>;

export type Session = Readonly<{
  regd: Connection;
  out: Output;
  /** Aborted by Ctrl-C. */
  signal: AbortSignal;
  /** A command line for the user to type, with the same way to regd. */
  commandLine: (...words: readonly string[]) => string;
  /** Where regd keeps its state, for what works on files. Throws a failure when regd is elsewhere. */
  stateDirectory: () => StateDirectory;
  /** Says how a command ended that did all it was asked to, and found something wrong. */
  endWith: (code: ExitCode) => void;
}>;

/** Runs a command and tells how it ended. */
export async function inSession(
  options: GlobalOptions,
  command: (session: Session) => Promise<void>,
): Promise<ExitCode> {
  const out = new Output({ json: options.json === true });
  using interrupt = new Interrupt();
  let regd: Connection | undefined;
  let ended: ExitCode = exitCode.done;
  try {
    const address = options.server ?? `unix:${stateDirectory(options.state).socket}`;
    const identity = await readIdentity(options, address);
    passTraceOn(identity.metadata);
    regd = new Connection(address, identity);
    await command({
      regd,
      out,
      signal: interrupt.signal,
      commandLine: commandLineFor(options),
      stateDirectory: () => localState(options),
      endWith: (code) => {
        ended = code;
      },
    });
    return ended;
  } catch (error) {
    const failure = error instanceof Failure ? error : defect(error);
    out.failure(failure);
    return failure.exitCode;
  } finally {
    regd?.close();
  }
}

function localState({ server, state }: GlobalOptions): StateDirectory {
  if (server === undefined) return stateDirectory(state);
  throw wrongUsage(
    'this command works on the files of the state directory, and not through --server',
    'Run it on the machine of regd, with --state DIR where that is not the default.',
  );
}

function commandLineFor(options: GlobalOptions): Session['commandLine'] {
  const { state, server, tlsCa, tlsCert, token } = options;
  const flags = { state, server, 'tls-ca': tlsCa, 'tls-cert': tlsCert, token };
  const way = Object.entries(flags).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}`, value],
  );
  return (...words) => ['permafrost', ...way, ...words].map(quoted).join(' ');
}

/** A word as a shell reads it back. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

function defect(error: unknown): Failure {
  return new Failure(`defect: ${error instanceof Error ? error.message : String(error)}`, {
    exitCode: exitCode.failed,
    code: 'DEFECT',
    hints: ['This should not happen. Please report what you did; trying again does no harm.'],
    cause: error,
  });
}
