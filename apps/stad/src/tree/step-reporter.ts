// Tells progress, but not more often than people can read.
import type { Step } from '@permafrost/workflow-core';
import { type ByteName, printed } from './names.ts';

const INTERVAL_MS = 200;

/** Counts the entries of one pass, and reports now and then and at its end. */
export class StepReporter {
  readonly #onStep: (step: Step) => void;
  readonly #top: string;
  /** The same in every step. */
  #fixed: Pick<Step, 'entriesTotal' | 'isVerifying'>;
  #entriesDone = 0;
  #toldAtMs = -Infinity;

  constructor(
    onStep: (step: Step) => void,
    { top, ...fixed }: Readonly<{ top: string } & Pick<Step, 'entriesTotal' | 'isVerifying'>>,
  ) {
    this.#onStep = onStep;
    this.#top = top;
    this.#fixed = fixed;
  }

  /** `pathBelowTop` is asked for only when there is something to tell. */
  count(entries: number, pathBelowTop: () => ByteName): void {
    this.#entriesDone += entries;
    const nowMs = performance.now();
    if (nowMs - this.#toldAtMs < INTERVAL_MS) return;
    this.#toldAtMs = nowMs;
    const below = printed(pathBelowTop());
    this.#tell(this.#entriesDone, below === '' ? this.#top : `${this.#top}/${below}`);
  }

  /** All is done, so that it is known how much there is. */
  end(entriesTotal: number): void {
    this.#fixed = { ...this.#fixed, entriesTotal };
    this.#tell(entriesTotal, this.#top);
  }

  #tell(entriesDone: number, path: string): void {
    this.#onStep({ entriesDone, ...this.#fixed, bytesDone: 0, path });
  }
}
