// One unit of deciding: states are read, commands are decided on them in turn, and the facts of
// all of them are committed as one batch. Whatever was read, even if nothing was appended to it,
// must still be so when the batch is committed.
import { nilUlid, NoVC, RetryNoVC, type Ulid, type Vid } from '../ids/ulid.ts';
import type { Uuid } from '../ids/uuid.ts';
import { HistoryKindError } from '../journal/errors.ts';
import type { Change } from '../journal/journal.ts';
import type { Origin } from '../streams/common.ts';
import type { Aggregate, StateKeeping, Versioned } from './aggregate.ts';
import { invariant, type Decision } from './decision.ts';
import { RefusedError, VersionConflictError } from './errors.ts';

type Find = <S, C, E, R extends string>(
  aggregate: Aggregate<S, C, E, R>,
  history: Uuid,
) => Promise<Versioned<S>>;

type Entry = {
  aggregate: StateKeeping<unknown>;
  versioned: Versioned<unknown>;
  readVid: Vid;
  appended: number;
};

/** A history that a batch has moved on, as it is after the batch. */
export type Outcome = Readonly<{
  aggregate: StateKeeping<unknown>;
  history: Uuid;
  versioned: Versioned<unknown>;
  /** How many events the batch has added. */
  events: number;
}>;

export class Transaction {
  readonly #find: Find;
  readonly #nextId: () => Ulid;
  readonly #origin: Origin | undefined;
  readonly #entries = new Map<Uuid, Entry>();
  readonly #changes: Change[] = [];

  /** `origin` stands in the header of each event. */
  constructor(find: Find, nextId: () => Ulid, origin?: Origin) {
    this.#find = find;
    this.#nextId = nextId;
    this.#origin = origin;
  }

  /**
   * The state as this transaction sees it: as stored, plus what it has decided itself. Throws
   * {@link HistoryKindError} for a history that it has met before as one of another kind.
   */
  async find<S, C, E, R extends string>(
    aggregate: Aggregate<S, C, E, R>,
    history: Uuid,
  ): Promise<Versioned<S>> {
    const entry = await this.#entry(aggregate, history);
    return entry.versioned as Versioned<S>;
  }

  /**
   * Decides a command and keeps its facts for the batch. Resolves to the history's new version, or
   * to its current one when it is already so: even if `vid` is an older version, since a repeated
   * command has then done its work before.
   *
   * Throws {@link VersionConflictError} or {@link RefusedError}.
   */
  async tell<S, C, E, R extends string>(
    aggregate: Aggregate<S, C, E, R>,
    history: Uuid,
    command: C,
    vid: Vid = NoVC,
  ): Promise<Vid> {
    const refusal = await this.attempt(aggregate, history, command, vid);
    if (refusal !== undefined) {
      throw new RefusedError({ refusal, kind: aggregate.codec.kind, history });
    }
    return (await this.#entry(aggregate, history)).versioned.vid;
  }

  /** Like {@link tell}, for callers that go on after a refusal: resolves to it, if there is one. */
  async attempt<S, C, E, R extends string>(
    aggregate: Aggregate<S, C, E, R>,
    history: Uuid,
    command: C,
    vid: Vid = NoVC,
  ): Promise<R | undefined> {
    const entry = await this.#entry(aggregate, history);
    const decision = judge(aggregate, entry, command, vid);
    if (!decision.accepted) return decision.refusal;
    for (const event of decision.events) this.#append(aggregate, history, entry, event);
    return undefined;
  }

  /** Throws what {@link tell} would throw, and keeps no facts: for commands that a batch carries out. */
  async insist<S, C, E, R extends string>(
    aggregate: Aggregate<S, C, E, R>,
    history: Uuid,
    command: C,
    vid: Vid = NoVC,
  ): Promise<void> {
    const decision = judge(aggregate, await this.#entry(aggregate, history), command, vid);
    if (decision.accepted) return;
    throw new RefusedError({ refusal: decision.refusal, kind: aggregate.codec.kind, history });
  }

  /** Deletes a history together with the batch. A history that is not there is already deleted. */
  async delete<S, C, E, R extends string>(
    aggregate: Aggregate<S, C, E, R>,
    history: Uuid,
  ): Promise<void> {
    const { versioned } = await this.#entry(aggregate, history);
    if (versioned.vid === nilUlid) return;
    this.#changes.push({ do: 'delete', history, head: versioned.vid });
  }

  /** The batch: first that all that was only read is still so, then the facts, in order. */
  changes(): readonly Change[] {
    if (this.#changes.length === 0) return [];
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

  #append<S, C, E, R extends string>(
    { codec, evolve }: Aggregate<S, C, E, R>,
    history: Uuid,
    entry: Entry,
    event: E,
  ): void {
    const [id, parent] = [this.#nextId(), entry.versioned.vid];
    const header = { id, parent, ...(this.#origin && { origin: this.#origin }) };
    const body = codec.encode(event, header);
    this.#changes.push({ do: 'append', history, kind: codec.kind, id, parent, body });
    const state = evolve(entry.versioned.state as S, event, header);
    entry.versioned = { vid: id, state };
    entry.appended++;
  }

  async #entry<S, C, E, R extends string>(
    aggregate: Aggregate<S, C, E, R>,
    history: Uuid,
  ): Promise<Entry> {
    const { kind } = aggregate.codec;
    const known = this.#entries.get(history);
    // Also of one without events: within a batch an id has one meaning.
    const stored = known?.aggregate.codec.kind ?? kind;
    if (stored !== kind) throw new HistoryKindError({ history, stored, wanted: kind });
    if (known) {
      invariant(known.aggregate === aggregate, 'within a batch a history has one set of rules');
      return known;
    }
    const versioned = await this.#find(aggregate, history);
    const entry = {
      aggregate,
      versioned,
      readVid: versioned.vid,
      appended: 0,
    };
    this.#entries.set(history, entry);
    return entry;
  }
}

/** What is already so is accepted whatever the version; all else only on the version insisted on. */
function judge<S, C, E, R extends string>(
  { codec, decide }: Aggregate<S, C, E, R>,
  { versioned: { vid: stored, state } }: Entry,
  command: C,
  vid: Vid,
): Decision<E, R> {
  const decision = decide(state as S, command);
  const isAlreadySo = decision.accepted && decision.events.length === 0;
  if (!isAlreadySo && vid !== NoVC && vid !== RetryNoVC && vid !== stored) {
    throw new VersionConflictError({ kind: codec.kind, stored, expected: vid });
  }
  return decision;
}
