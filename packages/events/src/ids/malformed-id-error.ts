/** An id that cannot be one, whatever the journal holds. Trying again never helps. */
export class MalformedIdError extends Error {
  readonly code = 'MALFORMED_ID';
  readonly kind: 'uuid' | 'ulid';

  /** `reason` is the bare cause, in the words of spec/wire.md 2. */
  constructor(kind: 'uuid' | 'ulid', reason: string) {
    super(reason);
    this.name = 'MalformedIdError';
    this.kind = kind;
  }
}
