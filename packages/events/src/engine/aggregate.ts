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
}

/** A state and the version that it is the state of. */
export type Versioned<State> = Readonly<{ vid: Vid; state: State }>;
