// What a failed call is answered: one table from the errors of the core and of the journal to the
// codes of gRPC. Texts are those that clients of the old system know (spec/behaviour.md 18); its
// codes were mostly `Unknown`, and are better here (spec/gaps.md 81).
import { Metadata, status, type StatusObject } from '@grpc/grpc-js';
import { AccessDeniedError, UnauthenticatedError } from '@permafrost/access/rights';
import {
  Fault,
  type RefusedError,
  VersionConflictError,
  type StreamKind,
} from '@permafrost/events';
import {
  AnswerFailedError,
  ForeignWorkflowError,
  refusals,
  UnansweredError,
  type Refusal,
  type UnansweredCode,
} from '@permafrost/workflow-core';
import { AuthRequiredScope, RpcStatus } from '@permafrost/proto';
import { TokenNeededError } from '../access/token-needed-error.ts';
import { isRefused, RepoHeldError } from '../holder.ts';
import { refusalError, RpcError } from './rpc-error.ts';

/** How a service words what is not its own. */
export type Wording = Readonly<{
  /** What its texts begin with, such as `registry error`. */
  subject: string;
  /** Whole texts for refusals that this service has always worded in another way. */
  refusals?: Partial<Readonly<Record<Refusal, string>>>;
  /** What it says of an id that belongs to something else. */
  otherKind?: string;
}>;

/** The answer for an error that is expected; undefined for a bug. */
export function answerFor(error: unknown, wording: Wording): Partial<StatusObject> | undefined {
  if (error instanceof RepoHeldError) {
    const answer = answerFor(error.cause, wording);
    answer?.metadata?.set('permafrost-holder', escaped(JSON.stringify(error.holder)));
    return answer;
  }
  if (error instanceof TokenNeededError) {
    const answer = answerFor(error.cause, wording);
    answer?.metadata?.set('grpc-status-details-bin', statusDetails(error));
    return answer;
  }
  const known = toRpcError(error, wording);
  if (!known) return undefined;
  const metadata = new Metadata();
  metadata.set('permafrost-code', known.code);
  metadata.set('permafrost-remedy', escaped(known.remedy));
  return { code: known.status, details: known.message, metadata };
}

function toRpcError(error: unknown, wording: Wording): RpcError | undefined {
  if (error instanceof RpcError) return error;
  if (error instanceof UnauthenticatedError) return turnedAway(error, status.UNAUTHENTICATED);
  if (error instanceof AccessDeniedError) return turnedAway(error, status.PERMISSION_DENIED);
  if (isRefused(error)) return refusal(error, wording);
  if (error instanceof VersionConflictError) {
    return new RpcError(`${subjectOf(error.kind, wording)}: ${error.message}`, {
      status: status.ABORTED,
      code: error.code,
      remedy: 'Read the current version, and decide again.',
    });
  }
  if (error instanceof ForeignWorkflowError) return wrongKind(error, wording);
  if (error instanceof UnansweredError) return unanswered(error);
  if (error instanceof AnswerFailedError) return answerFailed(error);
  if (error instanceof Fault) return fault(error, wording);
  return undefined;
}

function refusal(error: RefusedError, wording: Wording): RpcError {
  const name = error.refusal as Refusal;
  const words = [subjectOf(error.kind, wording), refusals[name].text, error.detail];
  const text = words.filter((part) => part !== undefined).join(': ');
  return refusalError(name, wording.refusals?.[name] ?? text);
}

const subjects: Readonly<Partial<Record<StreamKind, string>>> = {
  main: 'main error',
  registry: 'registry error',
  repo: 'repos error',
  index: 'workflow index error',
};

/** A workflow's subject depends on its direction, which only the service knows. */
function subjectOf(kind: StreamKind, { subject }: Wording): string {
  return subjects[kind] ?? subject;
}

function fault(error: Fault, wording: Wording): RpcError {
  const { subject } = wording;
  const answer = (code: status, remedy: string): RpcError =>
    new RpcError(`${subject}: ${error.message}`, { status: code, code: error.code, remedy });
  switch (error.code) {
    case 'JOURNAL_CONFLICT':
      return answer(status.ABORTED, 'Somebody else was faster. Try again.');
    case 'HISTORY_OF_OTHER_KIND':
      return wrongKind(error, wording);
    case 'HISTORY_DELETED':
    case 'UNKNOWN_EVENT':
      return answer(status.NOT_FOUND, 'Check the id.');
    case 'BROKEN_CHAIN':
    case 'EVENT_UNREADABLE':
      return answer(status.DATA_LOSS, 'Run `permafrost verify`; restore the journal from backup.');
    default:
      return answer(
        status.UNAVAILABLE,
        error.retry === 'later'
          ? 'Try again in a while; the log of regd tells the cause.'
          : 'The log of regd tells the cause; somebody has to mend it first.',
      );
  }
}

const unansweredRemedies: Readonly<Record<UnansweredCode, string>> = {
  STAD_ABSENT: 'Start permafrost-stad with the --host of that name.',
  STAD_GONE: 'Ask again when it runs; its log tells why it ended.',
  STAD_BUSY: 'Ask again in a while.',
  STAD_SILENT: 'Ask again; if it stays silent, see its log, and whether it hangs on a disk.',
};

function unanswered({ code, message }: UnansweredError): RpcError {
  return new RpcError(message, {
    status: status.UNAVAILABLE,
    code,
    remedy: unansweredRemedies[code],
  });
}

/** What stad found stands in the way of the answer, not of the call. */
function answerFailed({ code, message, retry }: AnswerFailedError): RpcError {
  if (code === 'REPO_NOT_AT_REST') {
    return new RpcError(message, {
      status: status.FAILED_PRECONDITION,
      code,
      remedy: 'See how the repo is with `permafrost status PATH`, and wait for what is under way.',
    });
  }
  return new RpcError(message, {
    status: retry === 'later' ? status.UNAVAILABLE : status.FAILED_PRECONDITION,
    code,
    remedy: `Look ${code} up in docs/errors.md; the log of stad may tell more.`,
  });
}

function wrongKind(
  error: Error & { code: string },
  { subject, otherKind = 'invalid event type' }: Wording,
): RpcError {
  return new RpcError(`${subject}: ${otherKind}`, {
    status: status.NOT_FOUND,
    code: error.code,
    remedy: 'The id belongs to something else. Check it.',
  });
}

function turnedAway(error: UnauthenticatedError | AccessDeniedError, code: status): RpcError {
  return new RpcError(error.message, { status: code, code: error.code, remedy: error.remedy });
}

/** The status once more, with the scope to ask for, as the Go system sends it. */
function statusDetails({ message, scope }: TokenNeededError): Buffer {
  const value = AuthRequiredScope.encode({ name: '', path: '', ...scope }).finish();
  const detail = { typeUrl: 'type.googleapis.com/nogfso.AuthRequiredScope', value };
  const details = [detail];
  return Buffer.from(RpcStatus.encode({ code: status.UNAUTHENTICATED, message, details }).finish());
}

/** Trailers carry ASCII only, and no control characters; names of people and paths may. */
function escaped(text: string): string {
  return text.replace(
    /[^ -~]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
