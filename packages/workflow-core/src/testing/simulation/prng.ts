import { uuidFromBytes, type Uuid } from '@permafrost/events';

/** Numbers that follow from a seed alone. Good enough for dice, and the same on every machine. */
export class Prng {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A number in [0, 1). */
  readonly next = (): number => {
    this.#state = (this.#state + 0x9e3779b9) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };

  /** A whole number in [0, n). */
  int(n: number): number {
    return Math.floor(this.next() * n);
  }

  between(min: number, max: number): number {
    return min + (max - min) * this.next();
  }

  chance(probability: number): boolean {
    return probability > 0 && this.next() < probability;
  }

  pick<T>(list: readonly T[]): T {
    const item = list[this.int(list.length)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  }

  uuid(): Uuid {
    return uuidFromBytes(Uint8Array.from({ length: 16 }, () => this.int(256)));
  }

  /** A source of its own, so that what draws from it does not change what others draw. */
  fork(): Prng {
    return new Prng(this.int(2 ** 32));
  }
}
