// When a state is saved, and which saved state is believed. Only aggregates with a `stateCodec` have
// their states saved: those whose histories never end.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Fault } from '../fault.ts';
import type { Uuid } from '../ids/uuid.ts';
import type { StateCodec, StateKeeping, Versioned } from './aggregate.ts';
import type { StateStore } from './state-store.ts';

/** What a start reads at most, more or less, of each history. */
const EVENTS_BETWEEN_SAVES_MIN = 500;
/** A large state is saved less often, so that its bytes do not outweigh the events themselves. */
const BYTES_SAVED_PER_EVENT_MAX = 1024;

type Saving = { eventsBehind: number; bytes: number; isUnderWay: boolean };

export class SavedStates {
  readonly #store: StateStore | undefined;
  readonly #savings = new Map<Uuid, Saving>();

  constructor(store: StateStore | undefined) {
    this.#store = store;
  }

  /** The state that was saved last, if it can be used; the caller looks whether its version exists. */
  async load<S>(owner: StateKeeping<S>, history: Uuid): Promise<Versioned<S> | undefined> {
    const { stateCodec } = owner;
    if (!this.#store || !stateCodec) return undefined;
    const saved = await unlessFaulty(() => this.#store?.loadState(history));
    if (saved?.format !== formatOf(owner, stateCodec)) return undefined;
    this.#savingOf(history).bytes = saved.bytes.length;
    try {
      return { vid: saved.vid, state: stateCodec.decode(saved.bytes) };
    } catch {
      // Even a defect of the codec must not keep a daemon from starting: the events tell it all.
      return undefined;
    }
  }

  /** To be told of each state that has moved on by `events`. Saves it a little later, if it is time. */
  moved<S>(
    owner: StateKeeping<S>,
    history: Uuid,
    { versioned, events }: { versioned: Versioned<S>; events: number },
  ): void {
    const { stateCodec } = owner;
    if (!this.#store || !stateCodec) return;
    const saving = this.#savingOf(history);
    saving.eventsBehind += events;
    const { eventsBehind, bytes, isUnderWay } = saving;
    const isDue =
      eventsBehind >= Math.max(EVENTS_BETWEEN_SAVES_MIN, bytes / BYTES_SAVED_PER_EVENT_MAX);
    if (!isDue || isUnderWay) return;
    saving.isUnderWay = true;
    saving.eventsBehind = 0;
    void this.#save(owner, history, versioned).finally(() => (saving.isUnderWay = false));
  }

  async #save<S>(
    owner: StateKeeping<S>,
    history: Uuid,
    { vid, state }: Versioned<S>,
  ): Promise<void> {
    const { stateCodec } = owner;
    if (!stateCodec) return;
    // Whoever waits for the commit that made the state goes first.
    await nextTurn();
    const bytes = stateCodec.encode(state);
    const format = formatOf(owner, stateCodec);
    this.#savingOf(history).bytes = bytes.length;
    await unlessFaulty(() => this.#store?.saveState(history, { format, vid, bytes }));
  }

  #savingOf(history: Uuid): Saving {
    const known = this.#savings.get(history);
    if (known) return known;
    const saving = { eventsBehind: 0, bytes: 0, isUnderWay: false };
    this.#savings.set(history, saving);
    return saving;
  }
}

function formatOf<S>({ codec }: StateKeeping<S>, { format }: StateCodec<S>): string {
  return `${codec.kind} ${format}`;
}

/** A cache that fails is as good as an empty one; whoever needs the journal itself will hear of it. */
async function unlessFaulty<T>(ask: () => Promise<T> | undefined): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof Fault) return undefined;
    throw error;
  }
}
