import { FilesFault } from '../ports/files.ts';

/** Lets only so many run at a time; the others wait in line. */
export class Slots {
  #free: number;
  readonly #line: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  /** Throws `FILES_CANCELLED` if the signal is aborted before the work has begun. */
  async use<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    if (signal.aborted) throw cancelled();
    if (this.#free > 0) this.#free--;
    else await this.#turn(signal);
    try {
      return await work();
    } finally {
      const next = this.#line.shift();
      if (next) next();
      else this.#free++;
    }
  }

  #turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const begin = (): void => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const leave = (): void => {
        this.#line.splice(this.#line.indexOf(begin), 1);
        reject(cancelled());
      };
      signal.addEventListener('abort', leave, { once: true });
      this.#line.push(begin);
    });
  }
}

/** What ends work that has not begun. */
export function cancelled(): FilesFault {
  return new FilesFault('FILES_CANCELLED', 'cancelled before its turn', { retry: 'later' });
}
