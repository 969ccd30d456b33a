// What is read and decided until a commit: the states, the facts, and how to take a part of it back.
import { nilUlid, type Ulid, type Vid } from '../ids/ulid.ts';
import type { Uuid } from '../ids/uuid.ts';
import { HistoryKindError } from '../journal/errors.ts';
import type { Change } from '../journal/journal.ts';
import type { Aggregate, StateKeeping, Versioned } from './aggregate.ts';
import { invariant } from './decision.ts';

type Find = <S, C, E, R extends string>(
  aggregate: Aggregate<S, C, E, R>,
  history: Uuid,
) => Promise<Versioned<S>>;

type Entry = Readonly<{
  aggregate: StateKeeping<unknown>;
  versioned: Versioned<unknown>;
  readVid: Vid;
  appended: number;
}>;

/** A history that a batch has moved on, as it is after the batch. */
export type Outcome = Readonly<{
  aggregate: StateKeeping<unknown>;
  history: Uuid;
  versioned: Versioned<unknown>;
  /** How many events the batch has added. */
  events: number;
}>;

export class Batch {
  readonly #find: Find;
  readonly #entries = new Map<Uuid, Entry>();
  /** What stood in the place of each entry that was written since there was something to take back. */
  #replaced: [history: Uuid, entry: Entry | undefined][] = [];
  #changes: Change[] = [];

  constructor(find: Find) {
    this.#find = find;
  }

  /**
   * The state as stored, plus what the batch has decided. Throws {@link HistoryKindError} for a
   * history that it has met before as one of another kind.
   */
  async find<S, C, E, R extends string>(
    aggregate: Aggregate<S, C, E, R>,
    history: Uuid,
  ): Promise<Versioned<S>> {
    const { kind } = aggregate.codec;
    const known = this.#entries.get(history);
    // Also of one without events: within a batch an id has one meaning.
    const stored = known?.aggregate.codec.kind ?? kind;
    if (stored !== kind) throw new HistoryKindError({ history, stored, wanted: kind });
    if (known) {
      invariant(known.aggregate === aggregate, 'within a batch a history has one set of rules');
      return known.versioned as Versioned<S>;
    }
    const versioned = await this.#find(aggregate, history);
    const readVid = versioned.vid;
    this.#set(history, { aggregate, versioned, readVid, appended: 0 });
    return versioned;
  }

  /** Adds an event to a history that was found before. */
  append(history: Uuid, { id, body, state }: { id: Ulid; body: Uint8Array; state: unknown }): void {
    const entry = this.#entries.get(history);
    invariant(entry !== undefined, 'a history is read before it is appended to');
    const { aggregate, versioned, appended } = entry;
    const { kind } = aggregate.codec;
    this.#changes.push({ do: 'append', history, kind, id, parent: versioned.vid, body });
    this.#set(history, {
      ...entry,
      versioned: { vid: id, state },
      appended: appended + 1,
    });
  }

  /**
   * Deletes a history that was found before; from here on it has the `initial` state, also for those who
   * are decided after it in the same batch. One that is not there is already deleted.
   */
  delete(history: Uuid, initial: unknown): void {
    const entry = this.#entries.get(history);
    if (!entry || entry.versioned.vid === nilUlid) return;
    this.#changes.push({ do: 'delete', history, head: entry.versioned.vid });
    this.#set(history, { ...entry, versioned: { vid: nilUlid, state: initial } });
  }

  /** Runs `work`, and takes back what it has read and decided if it throws. */
  async orTakeBack<T>(work: () => Promise<T>): Promise<T> {
    const changes = this.#changes.length;
    this.#replaced = [];
    try {
      return await work();
    } catch (error) {
      for (const [history, entry] of this.#replaced.reverse()) {
        if (entry) this.#entries.set(history, entry);
        else this.#entries.delete(history);
      }
      this.#changes = this.#changes.slice(0, changes);
      throw error;
    }
  }

  #set(history: Uuid, entry: Entry): void {
    this.#replaced.push([history, this.#entries.get(history)]);
    this.#entries.set(history, entry);
  }

  /** Whether there is nothing to commit. */
  get isEmpty(): boolean {
    return this.#changes.length === 0;
  }

  /** The histories that it has read, and the versions in which it has found them. */
  *reads(): Generator<Readonly<{ history: Uuid; vid: Vid }>> {
    for (const [history, { readVid: vid }] of this.#entries) yield { history, vid };
  }

  /** What to commit: first that all that was only read is still so, then the facts, in order. */
  changes(): readonly Change[] {
    if (this.isEmpty) return [];
    const deleted = new Set(this.#changes.flatMap((c) => (c.do === 'delete' ? [c.history] : [])));
    const expectations = [...this.#entries]
      .filter(([history, entry]) => entry.appended === 0 && !deleted.has(history))
      .map(([history, entry]): Change => ({ do: 'expect', history, head: entry.readVid }));
    return [...expectations, ...this.#changes];
  }

  /** The states after the batch, of the histories that it appended to. */
  outcomes(): readonly Outcome[] {
    return [...this.#entries]
      .filter(([, { appended }]) => appended > 0)
      .map(([history, { aggregate, versioned, appended: events }]) => {
        return { aggregate, history, versioned, events };
      });
  }
}
