import type { Uuid } from '@permafrost/events';
import { Map as PersistentMap } from 'immutable';
import type { CompletedEntry } from './indexed.ts';
import { listed, merged, type Listing } from './listing.ts';
import { PackedEntries } from './packed-entries.ts';

type Changes = PersistentMap<Uuid, CompletedEntry | undefined>;

/** Changes are packed once there are so many, and a quarter of what is packed already. */
const CHANGES_MIN = 1024;

/** About how much memory an entry takes that is not packed. */
const LOOSE_ENTRY_BYTES = 600;

/**
 * An immutable map of completed workflows by id: most of them packed, and over these the changes
 * that came since, where undefined stands for a workflow that was removed.
 */
export class CompletedWorkflows {
  static readonly none: CompletedWorkflows = CompletedWorkflows.of(PackedEntries.empty);

  readonly size: number;
  readonly #packed: PackedEntries;
  readonly #changes: Changes;

  private constructor(packed: PackedEntries, changes: Changes, size: number) {
    this.#packed = packed;
    this.#changes = changes;
    this.size = size;
  }

  static of(packed: PackedEntries): CompletedWorkflows {
    return new CompletedWorkflows(packed, PersistentMap(), packed.size);
  }

  /** About how much memory all of it takes. */
  get bytes(): number {
    return this.#packed.bytes.length + LOOSE_ENTRY_BYTES * this.#changes.size;
  }

  has(id: Uuid): boolean {
    return this.#changes.has(id) ? this.#changes.get(id) !== undefined : this.#packed.has(id);
  }

  get(id: Uuid): CompletedEntry | undefined {
    return this.#changes.has(id) ? this.#changes.get(id) : this.#packed.get(id);
  }

  add(entry: CompletedEntry): CompletedWorkflows {
    const size = this.has(entry.workflowId) ? this.size : this.size + 1;
    return this.#after(this.#changes.set(entry.workflowId, entry), size);
  }

  delete(id: Uuid): CompletedWorkflows {
    return this.has(id) ? this.#after(this.#changes.set(id, undefined), this.size - 1) : this;
  }

  *keys(): Generator<Uuid> {
    for (const { workflowId } of this.values()) yield workflowId;
  }

  /** In no particular order. */
  *values(): Generator<CompletedEntry> {
    yield* this.#unchanged(this.#packed.values());
    for (const entry of this.#changes.values()) if (entry) yield entry;
  }

  /** Those that a listing wants, in its order. */
  listed(listing: Listing): Generator<CompletedEntry> {
    const loose = this.#changes.valueSeq().filter((entry) => entry !== undefined);
    return merged(this.#unchanged(this.#packed.listed(listing)), listed(loose, listing), listing);
  }

  /** All of them. */
  pack(): PackedEntries {
    return this.#changes.isEmpty() ? this.#packed : this.#packed.with(this.#changes);
  }

  *#unchanged(packed: Iterable<CompletedEntry>): Generator<CompletedEntry> {
    for (const entry of packed) if (!this.#changes.has(entry.workflowId)) yield entry;
  }

  #after(changes: Changes, size: number): CompletedWorkflows {
    const isTimeToPack = changes.size >= CHANGES_MIN + this.#packed.size / 4;
    return isTimeToPack
      ? CompletedWorkflows.of(this.#packed.with(changes))
      : new CompletedWorkflows(this.#packed, changes, size);
  }
}
