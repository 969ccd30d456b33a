// When daemons are killed: at random, or exactly at the points that a plan names.
import type { Prng } from './prng.ts';

export interface Crashes {
  /** Asked at each point, before and after each effect of a daemon. */
  isDue(): boolean;
}

export class RandomCrashes implements Crashes {
  readonly #random: Prng;
  readonly #chance: number;

  constructor(random: Prng, chance: number) {
    this.#random = random;
    this.#chance = chance;
  }

  isDue(): boolean {
    return this.#random.chance(this.#chance);
  }
}

/** Kills whoever comes to the named points, counted over all daemons from the moment of arming. */
export class PlannedCrashes implements Crashes {
  readonly #points: readonly number[];
  #isArmed = false;
  #passed = 0;

  /** `points` count from 0. */
  constructor(points: readonly number[]) {
    this.#points = points;
  }

  /** How many points have been passed since arming. */
  get passed(): number {
    return this.#passed;
  }

  arm(): void {
    this.#isArmed = true;
  }

  isDue(): boolean {
    return this.#isArmed && this.#points.includes(this.#passed++);
  }
}
