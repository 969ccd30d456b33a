// Tells the noticeboard how far long work has come, a few times a second at most.
import { Fault, type Noticeboard, type Progress, type Uuid } from '@permafrost/events';
import type { Step } from '../ports/files.ts';
import type { Log } from '../ports/log.ts';
import type { Clock } from '../ports/time.ts';

const INTERVAL_MS = 250;

export class ProgressReporter {
  readonly #board: Noticeboard;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #base: Pick<Progress, 'workflow' | 'instance' | 'startedMs'>;
  #phase: Progress['phase'] = 'waiting-for-lock';
  #lastMs = 0;
  #writing: Promise<void> = Promise.resolve();

  constructor(
    { board, clock, log }: { board: Noticeboard; clock: Clock; log: Log },
    subject: { workflow: Uuid; instance: Uuid },
  ) {
    this.#board = board;
    this.#clock = clock;
    this.#log = log;
    this.#base = { ...subject, startedMs: clock.nowMs() };
  }

  /** Begins a phase, which is always told at once. */
  enter(phase: Progress['phase'], message = ''): void {
    this.#phase = phase;
    this.#write({ entriesDone: 0, bytesDone: 0, path: '' }, message);
  }

  readonly step = (step: Step): void => {
    if (this.#clock.nowMs() - this.#lastMs >= INTERVAL_MS) this.#write(step, '');
  };

  /** Waits for what is being written, then takes the progress away. */
  async end(): Promise<void> {
    await this.#writing;
    await this.#forgive(this.#board.clear(this.#base.workflow));
  }

  #write(step: Step, message: string): void {
    const nowMs = this.#clock.nowMs();
    this.#lastMs = nowMs;
    const progress = { ...this.#base, ...step, phase: this.#phase, message, updatedMs: nowMs };
    // One at a time and in order; the walk does not wait for it.
    this.#writing = this.#writing.then(() => this.#forgive(this.#board.report(progress)));
  }

  /** Progress is a courtesy: work goes on without it. */
  async #forgive(write: Promise<void>): Promise<void> {
    try {
      await write;
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      this.#log.warn({ err: error }, 'cannot report progress');
    }
  }
}
