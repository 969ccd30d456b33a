// The answer of `decide`: new facts, nothing because it is already so, or a named refusal.

export type Decision<Event, Refusal extends string> =
  | Readonly<{ accepted: true; events: readonly Event[] }>
  | Readonly<{ accepted: false; refusal: Refusal }>;

/** New facts; without any, "it is already so". */
export function accept<Event>(...events: readonly Event[]): Decision<Event, never> {
  return { accepted: true, events };
}

/** The fact that stands in the way. */
export function refuse<Refusal extends string>(refusal: Refusal): Decision<never, Refusal> {
  return { accepted: false, refusal };
}

/** States what must hold here. A breach is a bug: nobody catches it. */
export function invariant(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(`invariant broken: ${what}`);
}

/** Marks a branch that the types rule out. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}
