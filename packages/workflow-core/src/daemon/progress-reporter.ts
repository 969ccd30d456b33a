// Tells the noticeboard how far long work has come, a few times a second at most.
import { Fault, type Noticeboard, type Progress, type Uuid } from '@permafrost/events';
import type { Step } from '../ports/files.ts';
import type { Log } from '../ports/log.ts';
import type { Clock } from '../ports/time.ts';

const INTERVAL_MS = 250;
/** Work that is over sooner is told to nobody: who would look has seen nothing begin. */
const YOUTH_MS = 250;

/** Tells nothing more once it is disposed of. */
export class ProgressReporter implements Disposable {
  readonly #board: Noticeboard;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #base: Pick<Progress, 'workflow' | 'instance' | 'startedMs'>;
  #phase: Progress['phase'] = 'waiting-for-lock';
  /** What is to be told once the work is not young any more. */
  #untold: Progress | undefined;
  #isYoung = true;
  readonly #disposal = new AbortController();
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
    void this.#growUp();
  }

  /** Begins a phase, which is told at once if there is something to say, or if work has lasted. */
  enter(phase: Progress['phase'], message = ''): void {
    this.#phase = phase;
    this.#isYoung &&= message === '';
    this.#write({ entriesDone: 0, bytesDone: 0, path: '' }, message);
  }

  readonly step = (step: Step): void => {
    if (this.#clock.nowMs() - this.#lastMs >= INTERVAL_MS) this.#write(step, '');
  };

  /** Waits for what is being written, then takes the progress away. */
  async end(): Promise<void> {
    this[Symbol.dispose]();
    await this.#writing;
    await this.#forgive(this.#board.clear(this.#base.workflow));
  }

  [Symbol.dispose](): void {
    this.#disposal.abort();
  }

  #write({ isVerifying, ...figures }: Step, message: string): void {
    const updatedMs = this.#clock.nowMs();
    this.#lastMs = updatedMs;
    const phase = isVerifying ? 'verify' : this.#phase;
    const progress = { ...this.#base, ...figures, phase, message, updatedMs };
    if (this.#isYoung) this.#untold = progress;
    else this.#tell(progress);
  }

  async #growUp(): Promise<void> {
    const { signal } = this.#disposal;
    await this.#clock.sleep(YOUTH_MS, signal);
    if (signal.aborted || !this.#isYoung) return;
    this.#isYoung = false;
    if (this.#untold) this.#tell(this.#untold);
  }

  /** One at a time and in order; the walk does not wait for it. */
  #tell(progress: Progress): void {
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
