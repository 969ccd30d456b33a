// One unit of deciding: states are read, commands are decided on them in turn, and the facts of
// all of them are committed as one batch. Whatever was read, even if nothing was appended to it,
// must still be so when the batch is committed.
import { NoVC, RetryNoVC, type Ulid, type Vid } from '../ids/ulid.ts';
import type { Uuid } from '../ids/uuid.ts';
import type { Origin } from '../streams/common.ts';
import type { Aggregate, Versioned } from './aggregate.ts';
import type { Batch } from './batch.ts';
import type { Decision } from './decision.ts';
import { RefusedError, VersionConflictError } from './errors.ts';

export class Transaction {
  readonly #batch: Batch;
  readonly #nextId: () => Ulid;
  readonly #origin: Origin | undefined;

  /** `origin` stands in the header of each event. */
  constructor(batch: Batch, nextId: () => Ulid, origin?: Origin) {
    this.#batch = batch;
    this.#nextId = nextId;
    this.#origin = origin;
  }

  /**
   * The state as this transaction sees it: as stored, plus what was decided for the same batch.
   * Throws {@link HistoryKindError} for a history that it has met before as one of another kind.
   */
  find<S, C, E, R extends string>(
    aggregate: Aggregate<S, C, E, R>,
    history: Uuid,
  ): Promise<Versioned<S>> {
    return this.#batch.find(aggregate, history);
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
    return (await this.#batch.find(aggregate, history)).vid;
  }

  /** Like {@link tell}, for callers that go on after a refusal: resolves to it, if there is one. */
  async attempt<S, C, E, R extends string>(
    aggregate: Aggregate<S, C, E, R>,
    history: Uuid,
    command: C,
    vid: Vid = NoVC,
  ): Promise<R | undefined> {
    const found = await this.#batch.find(aggregate, history);
    const decision = judge(aggregate, found, command, vid);
    if (!decision.accepted) return decision.refusal;
    this.#append(aggregate, history, found, decision.events);
    return undefined;
  }

  /** Throws what {@link tell} would throw, and keeps no facts: for commands that a batch carries out. */
  async insist<S, C, E, R extends string>(
    aggregate: Aggregate<S, C, E, R>,
    history: Uuid,
    command: C,
    vid: Vid = NoVC,
  ): Promise<void> {
    const decision = judge(aggregate, await this.#batch.find(aggregate, history), command, vid);
    if (decision.accepted) return;
    throw new RefusedError({ refusal: decision.refusal, kind: aggregate.codec.kind, history });
  }

  /** Deletes a history together with the batch. A history that is not there is already deleted. */
  async delete<S, C, E, R extends string>(
    aggregate: Aggregate<S, C, E, R>,
    history: Uuid,
  ): Promise<void> {
    await this.#batch.find(aggregate, history);
    this.#batch.delete(history, aggregate.initial);
  }

  #append<S, C, E, R extends string>(
    { codec, evolve }: Aggregate<S, C, E, R>,
    history: Uuid,
    found: Versioned<S>,
    events: readonly E[],
  ): void {
    let { vid: parent, state } = found;
    for (const event of events) {
      const id = this.#nextId();
      const header = { id, parent, ...(this.#origin && { origin: this.#origin }) };
      const body = codec.encode(event, header);
      state = evolve(state, event, header);
      this.#batch.append(history, { id, body, state });
      parent = id;
    }
  }
}

/** What is already so is accepted whatever the version; all else only on the version insisted on. */
function judge<S, C, E, R extends string>(
  { codec, decide }: Aggregate<S, C, E, R>,
  { vid: stored, state }: Versioned<S>,
  command: C,
  vid: Vid,
): Decision<E, R> {
  const decision = decide(state, command);
  const isAlreadySo = decision.accepted && decision.events.length === 0;
  if (!isAlreadySo && vid !== NoVC && vid !== RetryNoVC && vid !== stored) {
    throw new VersionConflictError({ kind: codec.kind, stored, expected: vid });
  }
  return decision;
}
