import type { Journal } from '@permafrost/events';

/** Why to look again: the first look, something was committed, or some time has passed. */
export type Occasion = 'start' | 'news' | 'tick';

/**
 * Looks at once, and then whenever there may be news or `everyMs` have passed, and yields what was
 * seen, until the signal is aborted. A look that reads the journal misses nothing.
 */
export async function* lookOnNews<T>(
  journal: Journal,
  signal: AbortSignal,
  look: (occasion: Occasion) => T | Promise<T>,
  everyMs: () => number = () => Infinity,
): AsyncGenerator<T> {
  const bell = new Bell();
  const unsubscribe = journal.subscribe(bell.ring);
  signal.addEventListener('abort', bell.ring);
  try {
    for (let on: Occasion = 'start'; !signal.aborted; on = await bell.next(everyMs())) {
      yield await look(on);
    }
  } finally {
    unsubscribe();
    signal.removeEventListener('abort', bell.ring);
  }
}

/** Remembers that it was rung until somebody has heard it. */
class Bell {
  #isRung = false;
  #wake: () => void = () => undefined;

  readonly ring = (): void => {
    this.#isRung = true;
    this.#wake();
  };

  async next(afterMs: number): Promise<Occasion> {
    const occasion = this.#isRung ? 'news' : await this.#wait(afterMs);
    this.#isRung = false;
    return occasion;
  }

  async #wait(afterMs: number): Promise<Occasion> {
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise((resolve) => {
        this.#wake = () => resolve('news');
        if (afterMs < Infinity) timer = setTimeout(() => resolve('tick'), afterMs);
      });
    } finally {
      clearTimeout(timer);
    }
  }
}
