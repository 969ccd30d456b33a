import type { IndexEntry, Ulid } from '@permafrost/events';

/** An entry, and the index event that brought it, where that is not lost in a snapshot. */
export type Indexed = IndexEntry & Readonly<{ indexEventId?: Ulid }>;

/** An entry of a workflow that has ended. */
export type CompletedEntry = Indexed & Readonly<{ completedEventId: Ulid }>;
