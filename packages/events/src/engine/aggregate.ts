import type { Vid } from '../ids/ulid.ts';
import type { Codec } from '../streams/codec.ts';
import type { EventHeader } from '../streams/common.ts';
import type { Decision } from './decision.ts';

/** The rules of one kind of history. All of it is pure. */
export interface Aggregate<State, Command, Event, Refusal extends string> {
  readonly codec: Codec<Event>;
  /** The state of a history without events. */
  readonly initial: State;
  /** What a command means in a state. */
  readonly decide: (state: State, command: Command) => Decision<Event, Refusal>;
  /** The state after an event. Never changes the state it was given. */
  readonly evolve: (state: State, event: Event, header: EventHeader) => State;
  /** For histories that never end: how a state is saved, so that a start need not fold them. */
  readonly stateCodec?: StateCodec<State>;
  /** About how much memory a state takes; without it, {@link USUAL_STATE_BYTES}. */
  bytesOf?(state: State): number;
}

/** The part of an aggregate that tells how its states are kept, and how they move on. */
export type StateKeeping<State> = Pick<
  Aggregate<State, never, unknown, string>,
  'codec' | 'stateCodec' | 'bytesOf'
> & {
  /** A method, so that it fits whatever the events are: they come from the codec beside it. */
  evolve(state: State, event: unknown, header: EventHeader): State;
};

/** What a state takes that is one small record. */
export const USUAL_STATE_BYTES = 1024;

/** Writes a state as bytes, and reads what it has written itself. */
export interface StateCodec<State> {
  /** To be changed with the bytes, and with whatever `evolve` makes of events. */
  readonly format: string;
  encode(state: State): Uint8Array;
  /** May throw, whatever it likes: then the state is folded from its events. */
  decode(bytes: Uint8Array): State;
}

/** A state and the version that it is the state of. */
export type Versioned<State> = Readonly<{ vid: Vid; state: State }>;
