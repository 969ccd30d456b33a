// Where the fakes let a test look, wait, fail, or kill: around each single effect on the world.

import type { Effect } from '../daemon/steps.ts';

export type EffectPoint = Readonly<{
  effect: Effect;
  /** `before`: to throw here means that nothing has happened. `after`: it has happened. */
  when: 'before' | 'after';
  path: string;
}>;

/** Told of each point. What it throws is thrown by the fake: that is how faults are injected. */
export type OnEffect = (point: EffectPoint) => void | Promise<void>;

/** Does one effect between its two points. */
export async function around<T>(
  onEffect: OnEffect,
  { effect, path }: Pick<EffectPoint, 'effect' | 'path'>,
  work: () => T,
): Promise<T> {
  await onEffect({ effect, when: 'before', path });
  const result = work();
  await onEffect({ effect, when: 'after', path });
  return result;
}

/** An injector that throws the given faults, one for each time that it comes to a point of `effect`. */
export function failing(effect: Effect, ...faults: Error[]): OnEffect {
  const left = [...faults];
  return (point) => {
    const fault = point.effect === effect && point.when === 'before' ? left.shift() : undefined;
    if (fault) throw fault;
  };
}
