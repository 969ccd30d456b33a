// States of histories: folded from their events, remembered, and moved on by what is committed.
import { Fault } from '../fault.ts';
import { nilUlid, type Vid } from '../ids/ulid.ts';
import type { Uuid } from '../ids/uuid.ts';
import { HistoryKindError, UnknownEventError } from '../journal/errors.ts';
import type { Journal, Position, StoredEvent } from '../journal/journal.ts';
import { USUAL_STATE_BYTES, type Aggregate, type Versioned } from './aggregate.ts';
import { Batch, type Outcome } from './batch.ts';
import { SavedStates } from './saved-states.ts';
import { StateCache, type CacheLimits } from './state-cache.ts';
import type { StateStore } from './state-store.ts';

const PAGE_EVENTS = 500;

export class Histories {
  readonly #journal: Journal;
  readonly #cache: StateCache;
  readonly #saved: SavedStates;

  constructor(journal: Journal, limits: CacheLimits, states?: StateStore) {
    this.#journal = journal;
    this.#cache = new StateCache(limits);
    this.#saved = new SavedStates(states);
  }

  /** See {@link Engine.find}. */
  async find<S, C, E, R extends string>(
    aggregate: Aggregate<S, C, E, R>,
    history: Uuid,
  ): Promise<Versioned<S>> {
    const head = await this.#journal.head(history);
    if (head === undefined || head.deleted) {
      this.#cache.delete(history);
      return { vid: nilUlid, state: aggregate.initial };
    }
    // Asked of the head, since the cache may hold the state of a history of another kind.
    const { kind: wanted } = aggregate.codec;
    if (head.kind !== wanted) throw new HistoryKindError({ history, stored: head.kind, wanted });
    const remembered = this.#remembered(aggregate, history);
    if (remembered?.vid === head.vid) return remembered;
    if (remembered) return this.#follow(aggregate, history, { from: remembered, to: head.vid });
    const unread = { vid: nilUlid, state: aggregate.initial };
    const saved = await this.#saved.load(aggregate, history);
    try {
      return await this.#follow(aggregate, history, { from: saved ?? unread, to: head.vid });
    } catch (error) {
      // Saved by a history that a restored backup does not have any more.
      if (!saved || !(error instanceof UnknownEventError)) throw error;
      return this.#follow(aggregate, history, { from: unread, to: head.vid });
    }
  }

  /** See {@link Journal.readAll}. What is remembered of the histories moves on by what is read. */
  async readAll(after: Position, limit: number): Promise<readonly StoredEvent[]> {
    const events = await this.#journal.readAll(after, limit);
    for (const event of events) this.#hear(event);
    return events;
  }

  /** An empty batch, which reads from here. */
  batch(): Batch {
    return new Batch((aggregate, history) => this.find(aggregate, history));
  }

  /** A batch that takes states as they are remembered, if they are, without a look at the journal. */
  batchFromMemory(): Batch {
    return new Batch(
      async (aggregate, history) =>
        this.#remembered(aggregate, history) ?? (await this.find(aggregate, history)),
    );
  }

  /** Whether all that the batch has read is still so. */
  async isCurrent(batch: Batch): Promise<boolean> {
    for (const { history, vid } of batch.reads()) {
      const head = await this.#journal.head(history);
      if (vid !== (head?.deleted === false ? head.vid : nilUlid)) return false;
    }
    return true;
  }

  /** Commits a batch, if it has decided anything. Throws what {@link Journal.commit} throws. */
  async commit(batch: Batch): Promise<void> {
    const changes = batch.changes();
    if (changes.length === 0) return;
    await this.#journal.commit(changes);
    for (const outcome of batch.outcomes()) this.#moved(outcome);
    for (const change of changes) if (change.do === 'delete') this.#cache.delete(change.history);
  }

  #remembered<S, C, E, R extends string>(
    aggregate: Aggregate<S, C, E, R>,
    history: Uuid,
  ): Versioned<S> | undefined {
    const cached = this.#cache.get(history);
    if (cached?.aggregate !== aggregate) return undefined;
    return { vid: cached.vid, state: cached.state as S };
  }

  /** An event that does not follow what is remembered changes nothing: whoever finds the history reads it. */
  #hear({ history, id, parent, body }: StoredEvent): void {
    const known = this.#cache.peek(history);
    if (known?.vid !== parent) return;
    const { aggregate } = known;
    try {
      const { event, header } = aggregate.codec.decode(body);
      const state = aggregate.evolve(known.state, event, header);
      this.#moved({ aggregate, history, versioned: { vid: id, state }, events: 1 });
    } catch (error) {
      // Nobody has asked for it; whoever does is told.
      if (!(error instanceof Fault)) throw error;
    }
  }

  /** Folds what was appended to a history since `from`, which the journal must know, up to its end. */
  async #follow<S, C, E, R extends string>(
    aggregate: Aggregate<S, C, E, R>,
    history: Uuid,
    { from, to }: { from: Versioned<S>; to: Vid },
  ): Promise<Versioned<S>> {
    let { vid, state } = from;
    let count = 0;
    let page: readonly StoredEvent[] | undefined;
    while (vid !== to && (!page || page.length === PAGE_EVENTS)) {
      page = await this.#journal.read(history, { after: vid, limit: PAGE_EVENTS });
      for (const { id, body } of page) {
        const { event, header } = aggregate.codec.decode(body);
        state = aggregate.evolve(state, event, header);
        vid = id;
      }
      count += page.length;
    }
    const versioned = { vid, state };
    this.#moved({ aggregate, history, versioned, events: count });
    return versioned;
  }

  #moved(outcome: Outcome): void {
    const { aggregate, history, versioned } = outcome;
    const bytes = aggregate.bytesOf?.(versioned.state) ?? USUAL_STATE_BYTES;
    this.#cache.set(history, { ...versioned, aggregate }, bytes);
    this.#saved.moved(aggregate, history, outcome);
  }
}
