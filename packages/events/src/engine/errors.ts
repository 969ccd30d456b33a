import type { Vid } from '../ids/ulid.ts';
import type { Uuid } from '../ids/uuid.ts';
import type { StreamKind } from '../journal/journal.ts';

/** The domain said no. `refusal` names the fact that stands in the way; nothing was written. */
export class RefusedError<Refusal extends string = string> extends Error {
  readonly code = 'REFUSED';
  readonly refusal: Refusal;
  readonly kind: StreamKind;
  readonly history: Uuid;
  /** What else is concerned, in words, where the refusal alone does not say it. */
  readonly detail: string | undefined;

  constructor({
    refusal,
    kind,
    history,
    detail,
  }: {
    refusal: Refusal;
    kind: StreamKind;
    history: Uuid;
    detail?: string;
  }) {
    super(`${kind} ${history} refused: ${refusal}${detail === undefined ? '' : `: ${detail}`}`);
    this.name = 'RefusedError';
    this.refusal = refusal;
    this.kind = kind;
    this.history = history;
    this.detail = detail;
  }
}

/** The caller insisted on a version that is not the current one. Nothing was written. */
export class VersionConflictError extends Error {
  readonly code = 'VERSION_CONFLICT';
  readonly kind: StreamKind;
  readonly stored: Vid;
  readonly expected: Vid;

  constructor({ kind, stored, expected }: { kind: StreamKind; stored: Vid; expected: Vid }) {
    super(`version conflict: stored VID ${stored} != expected VID ${expected}`);
    this.name = 'VersionConflictError';
    this.kind = kind;
    this.stored = stored;
    this.expected = expected;
  }
}
