// Who makes a call, as far as it is certain.
import { authorize, isGranted, type Check, type Identity } from '@permafrost/access/rights';

export interface Caller {
  /** As a verified token names it; undefined for one who came through the socket without a token. */
  readonly subject: string | undefined;
  /** When the token ends, in milliseconds since 1970; undefined without one that ends. */
  readonly expiresMs: number | undefined;
  /** Lets the call pass, or throws an AccessDeniedError that names the scope that is missing. */
  authorize(check: Check): void;
  /** The same question, for what is only left out of an answer. */
  may(check: Check): boolean;
}

/** Whoever can open regd's socket: its file mode is the guard. */
export const trusted: Caller = {
  subject: undefined,
  expiresMs: undefined,
  authorize: () => undefined,
  may: () => true,
};

export function holderOf({ subject, scopes, expiresMs }: Identity): Caller {
  return {
    subject,
    expiresMs,
    authorize: (check) => authorize(scopes, check),
    may: (check) => isGranted(scopes, check),
  };
}
