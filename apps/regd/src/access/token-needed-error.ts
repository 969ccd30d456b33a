import type { Check, UnauthenticatedError } from '@permafrost/access/rights';

/** Nobody knows who calls; but clients of the Go system read from the answer what to ask for. */
export class TokenNeededError extends Error {
  override readonly cause: UnauthenticatedError;
  readonly scope: Check;

  constructor(cause: UnauthenticatedError, scope: Check) {
    super(cause.message, { cause });
    this.name = 'TokenNeededError';
    this.cause = cause;
    this.scope = scope;
  }
}
