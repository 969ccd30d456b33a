// Vocabulary that events of several streams share.
import type { Ulid } from '../ids/ulid.ts';

/** What git calls an identity. */
export type Author = Readonly<{ name: string; email: string }>;

/** How something ended: code 0 is success, and then the message is empty (spec/wire.md 4.1). */
export type Status = Readonly<{ code: number; message: string }>;

export const ok: Status = { code: 0, message: '' };

/** The storage tiers of spec/wire.md 4.1. `unconfirmed` is a repo that is not set up yet. */
export type Tier =
  | 'unconfirmed'
  | 'online'
  | 'freezing'
  | 'frozen'
  | 'freeze-failed'
  | 'unfreezing'
  | 'unfreeze-failed'
  | 'archiving'
  | 'archived'
  | 'archive-failed'
  | 'unarchiving'
  | 'unarchive-failed';

/**
 * Who asked for what an event tells, as far as it is certain, and why. What is not known is absent.
 */
export type Origin = Readonly<{
  /** As a verified token names them. */
  subject?: string;
  /** The common name of the client certificate that the connection was made with. */
  certificate?: string;
  /** The user at the other end of a Unix socket, as the kernel tells. */
  uid?: number;
  /** In the words of whoever asked. */
  reason?: string;
}>;

/** The part of an event that is the same in every stream. */
export type EventHeader = Readonly<{
  id: Ulid;
  parent: Ulid;
  /** Absent where a daemon acted by itself. */
  origin?: Origin;
}>;

/**
 * An event of the wire format that this system keeps and passes on, but does not act on, such as
 * those of archiving and moving. `code` is its number in spec/wire.md 4.
 */
export type Unmodelled = Readonly<{ type: 'Unmodelled'; code: number }>;
