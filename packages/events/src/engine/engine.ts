// Fold, cache, decide, append, retry (spec/behaviour.md 1). The engine is the only way from
// commands to the journal. It knows no rules; aggregates do.
import { nilUlid, RetryNoVC, type Ulid, type Vid } from '../ids/ulid.ts';
import type { Uuid } from '../ids/uuid.ts';
import { HistoryKindError, JournalConflictError, UnknownEventError } from '../journal/errors.ts';
import type { Journal, StoredEvent } from '../journal/journal.ts';
import type { Origin } from '../streams/common.ts';
import { USUAL_STATE_BYTES, type Aggregate, type Versioned } from './aggregate.ts';
import { SavedStates } from './saved-states.ts';
import { StateCache } from './state-cache.ts';
import type { StateStore } from './state-store.ts';
import { Transaction, type Outcome } from './transaction.ts';
import { Turns } from './turns.ts';

export interface EngineOptions {
  journal: Journal;
  /** Gives the ids of new events. */
  nextId: () => Ulid;
  /** Waits before a command is decided again; the default goes on at once. */
  pause?: (attempt: number) => Promise<void>;
  /** Keeps states over a restart. Without it, each start reads all histories that it needs. */
  states?: StateStore;
  /** How many states are kept in memory at most; the default is 4096. */
  cachedStatesMax?: number;
  /** How many bytes they may take together, as their aggregates estimate it; the default is 64 MiB. */
  cachedBytesMax?: number;
}

const PAGE_EVENTS = 500;
const RETRIES_MAX = 20;

/** What an engine remembers, which is the same for all on whose behalf it works. */
type Memory = Readonly<{ cache: StateCache; saved: SavedStates; retries: Turns }>;

export class Engine {
  readonly journal: Journal;
  readonly #options: EngineOptions;
  readonly #cache: StateCache;
  readonly #saved: SavedStates;
  readonly #retries: Turns;
  readonly #origin: Origin | undefined;

  constructor(options: EngineOptions, memory: Memory = memoryFor(options), origin?: Origin) {
    this.journal = options.journal;
    this.#options = options;
    this.#cache = memory.cache;
    this.#saved = memory.saved;
    this.#retries = memory.retries;
    this.#origin = origin;
  }

  /** The same engine, whose events tell who asked for them. Undefined: nobody in particular. */
  onBehalfOf(origin: Origin | undefined): Engine {
    const memory = { cache: this.#cache, saved: this.#saved, retries: this.#retries };
    return new Engine(this.#options, memory, origin);
  }

  /**
   * The current state. Reads the journal each time, but only what is new. A history without events
   * has the initial state and {@link nilUlid}. Throws {@link EventDecodeError},
   * {@link HistoryKindError}, {@link BrokenChainError}, or a fault of the journal.
   */
  async find<S, C, E, R extends string>(
    aggregate: Aggregate<S, C, E, R>,
    history: Uuid,
  ): Promise<Versioned<S>> {
    const head = await this.journal.head(history);
    if (head === undefined || head.deleted) return this.#forget(aggregate, history);
    // Asked of the head, since the cache may hold the state of a history of another kind.
    const { kind: wanted } = aggregate.codec;
    if (head.kind !== wanted) throw new HistoryKindError({ history, stored: head.kind, wanted });
    const cached = this.#cache.get(history);
    if (cached?.aggregate === aggregate) {
      return this.#follow(aggregate, history, { from: cached as Versioned<S>, to: head.vid });
    }
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

  /**
   * Decides one command on one history. `vid` is the version that the caller insists on, or
   * {@link NoVC}: no check, and a lost race is a {@link JournalConflictError}; or
   * {@link RetryNoVC}: no check, and a lost race is decided again. Resolves to the new version.
   */
  tell<S, C, E, R extends string>(
    aggregate: Aggregate<S, C, E, R>,
    history: Uuid,
    vid: Vid,
    command: C,
  ): Promise<Vid> {
    const retriesMax = vid === RetryNoVC ? RETRIES_MAX : 0;
    return this.transact((tx) => tx.tell(aggregate, history, command, vid), { retriesMax });
  }

  /**
   * Decides on several histories and commits all facts as one batch, or none. `work` may run more
   * than once: it must have no effect of its own. Resolves to what `work` resolved to. Those of this
   * process that lost a race try again one after the other, so that however many they are, each
   * has only other processes to fear.
   */
  async transact<T>(
    work: (tx: Transaction) => Promise<T>,
    { retriesMax = RETRIES_MAX }: { retriesMax?: number } = {},
  ): Promise<T> {
    try {
      return await this.#attempt(work);
    } catch (error) {
      if (!(error instanceof JournalConflictError) || retriesMax === 0) throw error;
      return this.#retries.take(() => this.#retry(work, retriesMax));
    }
  }

  async #retry<T>(work: (tx: Transaction) => Promise<T>, retriesMax: number): Promise<T> {
    for (let retry = 1; ; retry++) {
      try {
        return await this.#attempt(work);
      } catch (error) {
        if (!(error instanceof JournalConflictError) || retry >= retriesMax) throw error;
        await this.#options.pause?.(retry);
      }
    }
  }

  async #attempt<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    const { nextId } = this.#options;
    const tx = new Transaction((aggregate, id) => this.find(aggregate, id), nextId, this.#origin);
    const result = await work(tx);
    const changes = tx.changes();
    if (changes.length === 0) return result;
    await this.journal.commit(changes);
    for (const outcome of tx.outcomes()) this.#moved(outcome);
    for (const change of changes) if (change.do === 'delete') this.#cache.delete(change.history);
    return result;
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
      page = await this.journal.read(history, { after: vid, limit: PAGE_EVENTS });
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

  #forget<S, C, E, R extends string>(
    aggregate: Aggregate<S, C, E, R>,
    history: Uuid,
  ): Versioned<S> {
    this.#cache.delete(history);
    return { vid: nilUlid, state: aggregate.initial };
  }
}

function memoryFor({ states, ...options }: EngineOptions): Memory {
  const { cachedStatesMax: statesMax = 4096, cachedBytesMax: bytesMax = 2 ** 26 } = options;
  const cache = new StateCache({ statesMax, bytesMax });
  return { cache, saved: new SavedStates(states), retries: new Turns() };
}
