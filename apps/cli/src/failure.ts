// Every way in which a command can end other than well. The one place where an answer of gRPC
// becomes words and an exit code.
import { status, type ServiceError } from '@grpc/grpc-js';
import { exitCode, type ExitCode } from './exit-code.ts';
import { describeHolder, parseHolder } from './holder.ts';

export type FailureDetails = Readonly<{
  exitCode: ExitCode;
  /** Stable, for programs: a code of docs/errors.md, or one that this program made. */
  code: string;
  /** What the user can do, a sentence each; more facts for people may come before. */
  hints?: readonly string[];
  /** More facts for programs, printed with `--json`. */
  facts?: Readonly<Record<string, unknown>>;
  cause?: unknown;
}>;

export type Telling = Readonly<{ message?: string }> & Pick<FailureDetails, 'hints' | 'facts'>;

/** A command's bad end: the reason as its message, what to do as hints, and the exit code. */
export class Failure extends Error {
  readonly exitCode: ExitCode;
  readonly code: string;
  readonly hints: readonly string[];
  readonly facts: Readonly<Record<string, unknown>>;

  constructor(message: string, { exitCode, code, hints = [], facts = {}, cause }: FailureDetails) {
    super(message, { cause });
    this.name = 'Failure';
    this.exitCode = exitCode;
    this.code = code;
    this.hints = hints;
    this.facts = facts;
  }

  /** The same bad end, told with more hints and facts, or in better words. */
  with({ message = this.message, hints = [], facts = {} }: Telling): Failure {
    return new Failure(message, {
      exitCode: this.exitCode,
      code: this.code,
      hints: [...this.hints, ...hints],
      facts: { ...this.facts, ...facts },
      cause: this.cause,
    });
  }
}

/** Wrong usage that only shows while the command runs. */
export function wrongUsage(message: string, ...hints: readonly string[]): Failure {
  return new Failure(message, {
    exitCode: exitCode.wrongUsage,
    code: 'WRONG_USAGE',
    hints,
  });
}

/** regd cannot be asked, or went away before it had answered. `reason` is what the library says. */
export function unreachable(address: string, reason: string, cause?: unknown): Failure {
  return new Failure(`regd is not reachable at ${address}`, {
    exitCode: exitCode.unreachable,
    code: 'REGD_UNREACHABLE',
    hints: [
      'Start it with `permafrost-regd`, or say where it is with --state DIR or --server ADDR.',
      address.startsWith('unix:')
        ? 'Only the user who runs it, and root, may use its socket.'
        : 'With TLS, it answers only those whose certificate it trusts.',
      `(${reason})`,
    ],
    facts: { address },
    cause,
  });
}

export function isUnreachable(error: unknown): error is Failure {
  return error instanceof Failure && error.exitCode === exitCode.unreachable;
}

/** regd has as many calls as it takes. There is room again when some of them have ended. */
export function isCrowdedOut(error: unknown): error is Failure {
  return error instanceof Failure && error.code === 'TOO_MANY_CALLS';
}

export function isNotFound(error: unknown): error is Failure {
  if (!(error instanceof Failure) || !(error.cause instanceof Error)) return false;
  return 'code' in error.cause && error.cause.code === status.NOT_FOUND;
}

/** Nobody answers, or whoever did went away: a call that we did not cancel was cancelled over there. */
const silences: ReadonlySet<status> = new Set([
  status.UNAVAILABLE,
  status.DEADLINE_EXCEEDED,
  status.CANCELLED,
]);

/** What an error of gRPC means for the user. `address` is where the call went. */
export function failureOf(error: ServiceError, address: string): Failure {
  const trailer = (key: string): string | undefined => {
    const [value] = error.metadata.get(key);
    return value?.toString();
  };
  // A server that answers with a code of its own is there, whatever its state.
  const code = trailer('permafrost-code');
  if (silences.has(error.code) && (code === undefined || code === 'SHUTDOWN')) {
    return unreachable(address, error.details, error);
  }
  const holder = parseHolder(trailer('permafrost-holder'));
  const remedy = trailer('permafrost-remedy') ?? remedyOf(error.code);
  return new Failure(error.details, {
    exitCode: exitCode.failed,
    code: code ?? status[error.code],
    hints: [...(holder ? describeHolder(holder) : []), ...(remedy === undefined ? [] : [remedy])],
    facts: holder ? { holder } : {},
    cause: error,
  });
}

function remedyOf(code: status): string | undefined {
  switch (code) {
    case status.UNIMPLEMENTED:
      return 'Is this regd as new as this program? Compare `permafrost --version` and `status`.';
    case status.INTERNAL:
    case status.UNKNOWN:
      return 'This is a defect; the log of regd says more. Trying again does no harm.';
    case status.ABORTED:
      return 'Somebody else was faster. Run the same command again.';
    default:
      return undefined;
  }
}
