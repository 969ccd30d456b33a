export type AuthorityErrorCode =
  | 'AUTHORITY_EXISTS'
  | 'AUTHORITY_UNREADABLE'
  | 'AUTHORITY_ENDS_EARLIER'
  | 'AUTHORITY_REQUEST_MALFORMED';

/** Nothing was issued. */
export class AuthorityError extends Error {
  readonly code: AuthorityErrorCode;

  constructor(code: AuthorityErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'AuthorityError';
    this.code = code;
  }
}

/** The order is none that could be carried out. */
export function malformedRequest(message: string): AuthorityError {
  return new AuthorityError('AUTHORITY_REQUEST_MALFORMED', message);
}
