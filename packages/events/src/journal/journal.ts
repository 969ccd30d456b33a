// The journal is the only thing that the daemons share: histories of events, each an unbroken
// chain of parents, in one global order. This file is the contract; adapters implement it and all
// pass the same suite (`@permafrost/events/testing`).
import type { Ulid, Vid } from '../ids/ulid.ts';
import type { Uuid } from '../ids/uuid.ts';

/** What a history records. One UUID names one history, of one kind, for ever. */
export type StreamKind = 'main' | 'registry' | 'repo' | 'workflow' | 'index';

/** A place in the global order of all events. Positions grow, with gaps; 0 is before the first. */
export type Position = number;

export type StoredEvent = Readonly<{
  position: Position;
  history: Uuid;
  kind: StreamKind;
  id: Ulid;
  /** The previous event of the same history, or {@link nilUlid}. */
  parent: Ulid;
  /** The protobuf bytes of spec/wire.md, which repeat `id` and `parent`. */
  body: Uint8Array;
}>;

/**
 * One line of a batch. The lines of a batch are applied in order, all or none. A history without
 * events, be it new or deleted, has the head {@link nilUlid}.
 */
export type Change =
  /** Appends an event. `parent` is the version that it was decided on. */
  | Readonly<{
      do: 'append';
      history: Uuid;
      kind: StreamKind;
      id: Ulid;
      parent: Ulid;
      body: Uint8Array;
    }>
  /** Appends nothing, but lets the batch pass only while the history still has this head. */
  | Readonly<{ do: 'expect'; history: Uuid; head: Vid }>
  /**
   * Deletes a history with this head. Its id stays used up: it can never be appended to again. To
   * delete what never was changes nothing.
   */
  | Readonly<{ do: 'delete'; history: Uuid; head: Vid }>;

export type Head = Readonly<{
  history: Uuid;
  kind: StreamKind;
  /** The id of the latest event; {@link nilUlid} once deleted. */
  vid: Vid;
  deleted: boolean;
}>;

export interface ReadOptions {
  /**
   * Only events after this one; {@link nilUlid} is before the first. An id that is not in the
   * history: {@link UnknownEventError}.
   */
  after?: Ulid;
  /** At most so many events. */
  limit?: number;
}

export interface Journal {
  /**
   * Appends a batch durably: when the promise resolves, it survives a power cut. Resolves to the
   * position of the batch's last event, or of the journal's end when it had none.
   *
   * Throws {@link JournalConflictError} when a history has moved on, {@link HistoryDeletedError},
   * {@link HistoryKindError}, {@link DuplicateEventError}, or a fault; then nothing is written.
   */
  commit(batch: readonly Change[]): Promise<Position>;

  /**
   * The events of a history, oldest first. A history that never was, or was deleted, has none,
   * whatever `after` says. Throws {@link BrokenChainError} when the stored chain has a gap.
   */
  read(history: Uuid, options?: ReadOptions): Promise<readonly StoredEvent[]>;

  /** Events of all histories after a position, in the global order. */
  readAll(after: Position, limit: number): Promise<readonly StoredEvent[]>;

  /** The latest event of a history, also of a deleted one; undefined if there never was one. */
  head(history: Uuid): Promise<Head | undefined>;

  /**
   * The version that a history had when `event`, of whatever history, was appended:
   * {@link nilUlid} if it had not begun. Throws {@link UnknownEventError}.
   */
  headBefore(history: Uuid, event: Ulid): Promise<Vid>;

  /** Every history, in the order of their ids. Deleted ones are included. */
  heads(): AsyncIterable<Head>;

  /** The position of the last event, even if it was deleted since; 0 before the first. */
  end(): Promise<Position>;

  /**
   * Calls `listener` soon after any process has committed, at least once for any number of commits
   * that came since the last call. A listener may also be called without news. Subscribe first, read
   * then, and nothing is missed. Keeps the process alive until the returned function is called.
   */
  subscribe(listener: () => void): () => void;

  /** Releases files and watches. Later calls throw {@link JournalClosedError}. */
  close(): Promise<void>;
}
