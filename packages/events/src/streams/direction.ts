/** The two directions of one machine: everything about freeze and unfreeze but their names is shared. */
export type Direction = 'freeze' | 'unfreeze';

export const directions: readonly Direction[] = ['freeze', 'unfreeze'];

/** The direction that a request names; undefined if it names none. */
export function directionOf(text: string): Direction | undefined {
  return directions.find((direction) => direction === text);
}

/** For each direction, the wire type of each step. */
export type DirectedTypes<Step extends string, Type extends number> = Readonly<
  Record<Direction, Readonly<Record<Step, Type>>>
>;

/** The same read backwards: which step of which direction a wire type is. */
export function stepsByType<Step extends string, Type extends number>(
  types: DirectedTypes<Step, Type>,
): ReadonlyMap<number, Readonly<{ direction: Direction; step: Step }>> {
  return new Map(
    directions.flatMap((direction) =>
      Object.entries<Type>(types[direction]).map(([step, type]) => [
        type,
        // Object.entries knows the keys only as strings.
        { direction, step: step as Step },
      ]),
    ),
  );
}
