// The two ways to be turned away. The messages are the texts that clients of the Go system know
// (wire format, auth errors); programs go by `code`, people by `remedy`.
import { scopeText, type Check } from './check.ts';

export type UnauthenticatedCode =
  | 'TOKEN_MISSING'
  | 'TOKEN_MALFORMED'
  | 'TOKEN_UNTRUSTED'
  | 'TOKEN_EXPIRED'
  | 'TOKEN_NOT_YET_VALID'
  | 'TOKEN_CLAIM_WRONG'
  | 'TOKEN_OF_OTHER_PEER';

const remedies: Readonly<Record<UnauthenticatedCode, string>> = {
  TOKEN_MISSING: 'Send a token with the call.',
  TOKEN_MALFORMED: 'Send the token as it was issued, and nothing around it.',
  TOKEN_UNTRUSTED: 'Get a token from an issuer that this server trusts.',
  TOKEN_EXPIRED: 'Get a new token.',
  TOKEN_NOT_YET_VALID: 'Wait, or set the clocks: the token begins in the future.',
  TOKEN_CLAIM_WRONG: 'Get a token that is issued for this service.',
  TOKEN_OF_OTHER_PEER: 'Use the token with the client certificate that it was issued for.',
};

/** Nobody knows who calls. For a caller this is UNAUTHENTICATED. */
export class UnauthenticatedError extends Error {
  readonly code: UnauthenticatedCode;
  /** Whose token it is, if its signature is good: for the log, since it may be in other hands. */
  readonly subject: string | undefined;
  readonly remedy: string;

  constructor(
    code: UnauthenticatedCode,
    message: string,
    { subject, ...options }: { cause?: unknown; subject?: string | undefined } = {},
  ) {
    super(message, options);
    this.name = 'UnauthenticatedError';
    this.code = code;
    this.subject = subject;
    this.remedy = remedies[code];
  }
}

/** Which rule said no: there are no scopes, there is no path or name, or no scope fits. */
export type DenialReason = 'no-scope' | 'nothing-to-check' | 'default-deny';

const denialTexts: Readonly<Record<DenialReason, string>> = {
  'no-scope': 'no scope',
  // The spelling is a part of the old text.
  'nothing-to-check': 'isufficient details: require at least `path` or `name`',
  'default-deny': 'default deny',
};

/** The caller is known, and may not. For a caller this is PERMISSION_DENIED. */
export class AccessDeniedError extends Error {
  readonly code = 'SCOPE_MISSING';
  readonly reason: DenialReason;
  /** The scope that would have let the call pass. */
  readonly missing: Check;
  readonly remedy: string;

  constructor(reason: DenialReason, missing: Check) {
    super(denialTexts[reason]);
    this.name = 'AccessDeniedError';
    this.reason = reason;
    this.missing = missing;
    this.remedy = `Get a token with the scope ${scopeText(missing)}.`;
  }
}
