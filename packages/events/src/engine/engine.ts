// Fold, cache, decide, append, retry (spec/behaviour.md 1). The engine is the only way from
// commands to the journal. It knows no rules; aggregates do.
import { RetryNoVC, type Ulid, type Vid } from '../ids/ulid.ts';
import type { Uuid } from '../ids/uuid.ts';
import type { Journal, Position, StoredEvent } from '../journal/journal.ts';
import type { Origin } from '../streams/common.ts';
import type { Aggregate, Versioned } from './aggregate.ts';
import type { Batch } from './batch.ts';
import { Histories } from './histories.ts';
import { JointDecisions } from './joint-decisions.ts';
import type { StateStore } from './state-store.ts';
import { Transaction } from './transaction.ts';

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

const RETRIES_MAX = 20;

/** What is the same for all on whose behalf an engine works. */
type Shared = Readonly<{ histories: Histories; joint: JointDecisions }>;

export class Engine {
  readonly journal: Journal;
  readonly #options: EngineOptions;
  readonly #shared: Shared;
  readonly #origin: Origin | undefined;

  constructor(options: EngineOptions, shared: Shared = sharedBy(options), origin?: Origin) {
    this.journal = options.journal;
    this.#options = options;
    this.#shared = shared;
    this.#origin = origin;
  }

  /** The same engine, whose events tell who asked for them. Undefined: nobody in particular. */
  onBehalfOf(origin: Origin | undefined): Engine {
    return new Engine(this.#options, this.#shared, origin);
  }

  /**
   * The current state. Reads the journal each time, but only what is new. A history without events
   * has the initial state and {@link nilUlid}. Throws {@link EventDecodeError},
   * {@link HistoryKindError}, {@link BrokenChainError}, or a fault of the journal.
   */
  find<S, C, E, R extends string>(
    aggregate: Aggregate<S, C, E, R>,
    history: Uuid,
  ): Promise<Versioned<S>> {
    return this.#shared.histories.find(aggregate, history);
  }

  /**
   * Events of all histories after a position, as {@link Journal.readAll} has them. Whoever follows the
   * journal by this moves on what the engine remembers, and a find of it needs no events.
   */
  readAll(after: Position, limit: number): Promise<readonly StoredEvent[]> {
    return this.#shared.histories.readAll(after, limit);
  }

  /**
   * Decides one command on one history. `vid` is the version that the caller insists on, or
   * {@link NoVC}: no check, and a lost race is a conflict of the journal; or
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
   * process that come at the same moment are decided together.
   */
  async transact<T>(
    work: (tx: Transaction) => Promise<T>,
    { retriesMax = RETRIES_MAX }: { retriesMax?: number } = {},
  ): Promise<T> {
    const { histories, joint } = this.#shared;
    const { nextId } = this.#options;
    const decide = (batch: Batch): Promise<T> => work(new Transaction(batch, nextId, this.#origin));
    if (retriesMax > 0) return joint.decide(decide, retriesMax);
    const batch = histories.batch();
    const result = await decide(batch);
    await histories.commit(batch);
    return result;
  }
}

function sharedBy({ journal, pause, states, ...limits }: EngineOptions): Shared {
  const { cachedStatesMax: statesMax = 4096, cachedBytesMax: bytesMax = 2 ** 26 } = limits;
  const histories = new Histories(journal, { statesMax, bytesMax }, states);
  return { histories, joint: new JointDecisions(histories, pause) };
}
