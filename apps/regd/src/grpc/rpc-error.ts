import { status } from '@grpc/grpc-js';
import { refusals, type Refusal, type RefusalClass } from '@permafrost/workflow-core';

export type RpcErrorDetails = Readonly<{
  status: status;
  /** Stable, for programs; docs/errors.md has a row for each. */
  code: string;
  /** What the caller can do about it. */
  remedy: string;
}>;

/** An answer other than OK, made where the call is looked at. Its message goes to the client. */
export class RpcError extends Error {
  readonly status: status;
  readonly code: string;
  readonly remedy: string;

  constructor(message: string, { status, code, remedy }: RpcErrorDetails) {
    super(message);
    this.name = 'RpcError';
    this.status = status;
    this.code = code;
    this.remedy = remedy;
  }
}

/** An argument that no state of the journal could make right. */
export function badArgument(
  code: string,
  message: string,
  remedy = 'Correct the argument.',
): RpcError {
  return new RpcError(message, { status: status.INVALID_ARGUMENT, code, remedy });
}

export function notFound(code: string, message: string, remedy: string): RpcError {
  return new RpcError(message, { status: status.NOT_FOUND, code, remedy });
}

/** What ends the calls that are open when regd stops. */
export function shutdownError(): RpcError {
  return new RpcError('shutdown', {
    status: status.UNAVAILABLE,
    code: 'SHUTDOWN',
    remedy: 'Try again when regd runs.',
  });
}

/** What ends a call that lasts longer than the token that let it in. */
export function tokenExpiredError(): RpcError {
  return new RpcError('the token expired while the call was open', {
    status: status.UNAUTHENTICATED,
    code: 'TOKEN_EXPIRED',
    remedy: 'Get a new token, and ask again. What was begun goes on.',
  });
}

/** What ends a call whose client has left; nobody reads it. */
export function cancelledError(): RpcError {
  return new RpcError('cancelled', {
    status: status.CANCELLED,
    code: 'CANCELLED',
    remedy: 'Ask again.',
  });
}

const statusOfClass: Readonly<Record<RefusalClass, status>> = {
  state: status.FAILED_PRECONDITION,
  unknown: status.NOT_FOUND,
  argument: status.INVALID_ARGUMENT,
  exists: status.ALREADY_EXISTS,
};

/** A refusal of the domain, in the words that the client knows. */
export function refusalError(refusal: Refusal, message: string): RpcError {
  const { class: kind, remedy } = refusals[refusal];
  return new RpcError(message, { status: statusOfClass[kind], code: refusal, remedy });
}
