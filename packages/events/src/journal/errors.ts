// What a journal can answer other than yes. Codes are stable; `retry` tells whether the same call
// may succeed later.
import { Fault } from '../fault.ts';
import type { Ulid, Vid } from '../ids/ulid.ts';
import type { Uuid } from '../ids/uuid.ts';
import type { StreamKind } from './journal.ts';

/** A history has moved on since the batch was decided: read it, decide again. */
export class JournalConflictError extends Fault {
  readonly code = 'JOURNAL_CONFLICT';
  readonly retry = 'later';
  readonly history: Uuid;
  readonly stored: Vid;
  readonly expected: Vid;

  constructor({ history, stored, expected }: { history: Uuid; stored: Vid; expected: Vid }) {
    super(`version conflict: stored VID ${stored} != expected VID ${expected}`);
    this.history = history;
    this.stored = stored;
    this.expected = expected;
  }
}

/** The history was deleted, and its id is used up. */
export class HistoryDeletedError extends Fault {
  readonly code = 'HISTORY_DELETED';
  readonly retry = 'never';
  readonly history: Uuid;

  constructor(history: Uuid) {
    super(`unknown history ${history}`);
    this.history = history;
  }
}

/** The id belongs to a history of another kind. */
export class HistoryKindError extends Fault {
  readonly code = 'HISTORY_OF_OTHER_KIND';
  readonly retry = 'never';
  readonly history: Uuid;

  constructor({
    history,
    stored,
    wanted,
  }: {
    history: Uuid;
    stored: StreamKind;
    wanted: StreamKind;
  }) {
    super(`history ${history} is a ${stored}, not a ${wanted}`);
    this.history = history;
  }
}

/** An event with this id is already stored somewhere in the journal. */
export class DuplicateEventError extends Fault {
  readonly code = 'DUPLICATE_EVENT';
  readonly retry = 'never';

  constructor(id: Ulid) {
    super(`duplicate event ${id}`);
  }
}

/** The event given as `after` is not in the history. */
export class UnknownEventError extends Fault {
  readonly code = 'UNKNOWN_EVENT';
  readonly retry = 'never';

  constructor(id: Ulid) {
    super(`no event ${id} in this history`);
  }
}

/**
 * A stored event does not follow its predecessor, or the latest event (given without `parent`) is
 * gone. The journal needs a restore from backup.
 */
export class BrokenChainError extends Fault {
  readonly code = 'BROKEN_CHAIN';
  readonly retry = 'never';

  constructor({
    history,
    id,
    parent,
    previous,
  }: {
    history: Uuid;
    id: Ulid;
    parent?: Ulid;
    previous: Ulid;
  }) {
    super(
      parent === undefined
        ? `history ${history} is broken: it ends with ${previous} instead of ${id}`
        : `history ${history} is broken: event ${id} has parent ${parent}, but follows ${previous}`,
    );
  }
}

/** The journal is in use elsewhere, or its disk is full or failing. Nothing was written. */
export class JournalUnavailableError extends Fault {
  readonly code = 'JOURNAL_UNAVAILABLE';
  readonly retry = 'later';
}

/** The journal is damaged, was written by a newer program, or cannot be opened as it is. */
export class JournalUnusableError extends Fault {
  readonly code = 'JOURNAL_UNUSABLE';
  readonly retry = 'never';
}

/** A backup or a restore would have to write over a file. Nothing was changed. */
export class BackupRefusedError extends Fault {
  readonly code = 'BACKUP_REFUSED';
  readonly retry = 'never';
}

/** The journal was closed, because the program is ending. */
export class JournalClosedError extends Fault {
  readonly code = 'JOURNAL_CLOSED';
  readonly retry = 'never';

  constructor() {
    super('the journal is closed');
  }
}
