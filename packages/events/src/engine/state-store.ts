// Keeps folded states over a restart, so that a start does not read old histories. A cache: nothing
// depends on what it returns, all of it may be lost, and whatever is not understood is ignored.
import type { Vid } from '../ids/ulid.ts';
import type { Uuid } from '../ids/uuid.ts';

/** A state as bytes. */
export type SavedState = Readonly<{
  /** Names the way in which the bytes were written. */
  format: string;
  /** The version that it is the state of. */
  vid: Vid;
  bytes: Uint8Array;
}>;

export interface StateStore {
  /** What was saved last; undefined if nothing was, or if it is not what was saved. */
  loadState(history: Uuid): Promise<SavedState | undefined>;
  /** Takes the place of what was saved before. */
  saveState(history: Uuid, saved: SavedState): Promise<void>;
}
