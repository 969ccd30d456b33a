// Fold, cache, decide, append, retry (spec/behaviour.md 1). The engine is the only way from
// commands to the journal. It knows no rules; aggregates do.
import { nilUlid, RetryNoVC, type Ulid, type Vid } from '../ids/ulid.ts';
import type { Uuid } from '../ids/uuid.ts';
import { HistoryKindError, JournalConflictError } from '../journal/errors.ts';
import type { Journal } from '../journal/journal.ts';
import type { Aggregate, Versioned } from './aggregate.ts';
import { StateCache } from './state-cache.ts';
import { Transaction } from './transaction.ts';

export interface EngineOptions {
  journal: Journal;
  /** Gives the ids of new events. */
  nextId: () => Ulid;
  /** Waits before a command is decided again; the default goes on at once. */
  pause?: (attempt: number) => Promise<void>;
  /** How many states are kept in memory. */
  cachedStatesMax?: number;
}

const PAGE_EVENTS = 1000;
const RETRIES_MAX = 20;

export class Engine {
  readonly journal: Journal;
  readonly #nextId: () => Ulid;
  readonly #pause: (attempt: number) => Promise<void>;
  readonly #cache: StateCache;

  constructor({ journal, nextId, pause, cachedStatesMax = 4096 }: EngineOptions) {
    this.journal = journal;
    this.#nextId = nextId;
    this.#pause = pause ?? (() => Promise.resolve());
    this.#cache = new StateCache(cachedStatesMax);
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
    let found = (this.#cache.get(history) as Versioned<S> | undefined) ?? {
      vid: nilUlid,
      state: aggregate.initial,
    };
    const head = await this.journal.head(history);
    if (head === undefined || head.deleted) return this.#forget(aggregate, history);
    // Asked of the head, since the cache may hold the state of a history of another kind.
    const { kind: wanted } = aggregate.codec;
    if (head.kind !== wanted) throw new HistoryKindError({ history, stored: head.kind, wanted });
    while (found.vid !== head.vid) {
      const events = await this.journal.read(history, {
        ...(found.vid === nilUlid ? {} : { after: found.vid }),
        limit: PAGE_EVENTS,
      });
      let state = found.state;
      for (const { body } of events) {
        const { event, header } = aggregate.codec.decode(body);
        state = aggregate.evolve(state, event, header);
      }
      const last = events.at(-1);
      if (last) {
        found = { vid: last.id, state };
        this.#cache.set(history, found);
      }
      if (events.length < PAGE_EVENTS) break;
    }
    return found;
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
   * than once: it must have no effect of its own. Resolves to what `work` resolved to.
   */
  async transact<T>(
    work: (tx: Transaction) => Promise<T>,
    { retriesMax = RETRIES_MAX }: { retriesMax?: number } = {},
  ): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      const tx = new Transaction((aggregate, id) => this.find(aggregate, id), this.#nextId);
      const result = await work(tx);
      const changes = tx.changes();
      if (changes.length === 0) return result;
      try {
        await this.journal.commit(changes);
      } catch (error) {
        if (!(error instanceof JournalConflictError) || attempt > retriesMax) throw error;
        await this.#pause(attempt);
        continue;
      }
      for (const [history, versioned] of tx.outcome()) this.#cache.set(history, versioned);
      for (const change of changes) if (change.do === 'delete') this.#cache.delete(change.history);
      return result;
    }
  }

  #forget<S, C, E, R extends string>(
    aggregate: Aggregate<S, C, E, R>,
    history: Uuid,
  ): Versioned<S> {
    this.#cache.delete(history);
    return { vid: nilUlid, state: aggregate.initial };
  }
}
