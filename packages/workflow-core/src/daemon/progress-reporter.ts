// Tells the noticeboard how far long work has come, a few times a second at most. How much there is
// stays known from one phase to the next, and from one start of stad to the next. The log learns at
// which step the work is.
import {
  Fault,
  type Direction,
  type Noticeboard,
  type Progress,
  type Uuid,
} from '@permafrost/events';
import type { Step, TreeSize } from '../ports/files.ts';
import type { Log } from '../ports/log.ts';
import type { Clock } from '../ports/time.ts';
import { Rate, type Mark } from './rate.ts';
import { stepOf } from './steps.ts';
import type { TaskLog } from './task-log.ts';

const INTERVAL_MS = 250;
/** Work that is over sooner is told to nobody: who would look has seen nothing begin. */
const YOUTH_MS = 250;

type World = Readonly<{ board: Noticeboard; clock: Clock; log: TaskLog }>;
type Subject = Readonly<{ workflow: Uuid; direction: Direction; instance: Uuid }>;
type Totals = Pick<Progress, 'entriesTotal' | 'bytesTotal'>;

/** Tells nothing more once it is disposed of. */
export class ProgressReporter implements Disposable {
  readonly #world: World;
  readonly #direction: Direction;
  readonly #base: Pick<Progress, 'workflow' | 'instance' | 'startedMs'>;
  readonly #disposal = new AbortController();
  readonly #grown: Promise<void>;
  #phase: Progress['phase'] = 'waiting-for-lock';
  #totals: Totals;
  /** Of the phase that was told last. */
  #rate: { phase: Progress['phase']; of: Rate } | undefined;
  /** What is to be told once the work is not young any more. */
  #untold: Progress | undefined;
  #isYoung = true;
  #lastMs = 0;
  #writing: Promise<void> = Promise.resolve();

  private constructor(world: World, { direction, ...subject }: Subject, totals: Totals) {
    this.#world = world;
    this.#direction = direction;
    this.#base = { ...subject, startedMs: world.clock.nowMs() };
    this.#totals = totals;
    this.#grown = this.#growUp();
  }

  /** Takes up what was known of the same work when an earlier run of it was cut short. */
  static async open(world: World, subject: Subject): Promise<ProgressReporter> {
    const earlier = await forgive(world.log, world.board.progress(subject.workflow));
    return new ProgressReporter(world, subject, earlier ?? {});
  }

  /** Begins a phase, which is told at once if there is something to say, or if work has lasted. */
  enter(phase: Progress['phase'], message = ''): void {
    this.#phase = phase;
    this.#enterStep(phase);
    this.#isYoung &&= message === '';
    this.#write({ entriesDone: 0, bytesDone: 0, path: '' }, message);
  }

  readonly step = (step: Step): void => {
    this.#learn(step);
    if (step.isVerifying) this.#enterStep('verify');
    if (this.#world.clock.nowMs() - this.#lastMs >= INTERVAL_MS) this.#write(step, '');
  };

  /** Asks how much there is, unless that is known by the time that work has lasted. */
  async expect(ask: (signal: AbortSignal) => Promise<TreeSize | undefined>): Promise<void> {
    const { signal } = this.#disposal;
    await this.#grown;
    if (signal.aborted || this.#isCounted()) return;
    const size = await forgive(this.#world.log, ask(signal), signal);
    // A pass that has counted meanwhile knows better.
    if (size && !this.#isCounted())
      this.#learn({ entriesTotal: size.entries, bytesTotal: size.bytes });
  }

  /** Waits for what is being written, then takes the progress away. */
  async end(): Promise<void> {
    this[Symbol.dispose]();
    await this.#writing;
    await forgive(this.#world.log, this.#world.board.clear(this.#base.workflow));
  }

  [Symbol.dispose](): void {
    this.#disposal.abort();
  }

  #enterStep(phase: Progress['phase']): void {
    const step = stepOf(phase, this.#direction);
    if (step) this.#world.log.enter(step);
  }

  #isCounted(): boolean {
    return this.#totals.entriesTotal !== undefined;
  }

  #learn({ entriesTotal, bytesTotal }: Totals): void {
    this.#totals = {
      entriesTotal: entriesTotal ?? this.#totals.entriesTotal,
      bytesTotal: bytesTotal ?? this.#totals.bytesTotal,
    };
  }

  #write({ entriesDone, bytesDone, path, isVerifying }: Step, message: string): void {
    const updatedMs = this.#world.clock.nowMs();
    this.#lastMs = updatedMs;
    const phase = isVerifying ? 'verify' : this.#phase;
    const progress = {
      ...this.#base,
      phase,
      entriesDone,
      entriesTotal: unlessPassed(this.#totals.entriesTotal, entriesDone),
      bytesDone,
      bytesTotal: unlessPassed(this.#totals.bytesTotal, bytesDone),
      perSecond: this.#perSecond(phase, { done: entriesDone, atMs: updatedMs }),
      path,
      message,
      updatedMs,
    };
    if (this.#isYoung) this.#untold = progress;
    else this.#tell(progress);
  }

  #perSecond(phase: Progress['phase'], now: Mark): number | undefined {
    if (this.#rate?.phase !== phase) this.#rate = { phase, of: new Rate(now) };
    return this.#rate.of.at(now);
  }

  async #growUp(): Promise<void> {
    const { signal } = this.#disposal;
    await this.#world.clock.sleep(YOUTH_MS, signal);
    if (signal.aborted || !this.#isYoung) return;
    this.#isYoung = false;
    if (this.#untold) this.#tell(this.#untold);
  }

  /** One at a time and in order; the walk does not wait for it. */
  #tell(progress: Progress): void {
    const { board, log } = this.#world;
    this.#writing = this.#writing.then(() => forgive(log, board.report(progress)));
  }
}

/** What was counted at another time may be less than there is by now: then nobody knows. */
function unlessPassed(total: number | undefined, done: number): number | undefined {
  return total !== undefined && total >= done ? total : undefined;
}

/** Progress is a courtesy: work goes on without it. Once the signal is aborted, nobody misses it. */
async function forgive<T>(
  log: Log,
  asked: Promise<T>,
  signal?: AbortSignal,
): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    if (!signal?.aborted) log.warn({ err: error }, 'progress cannot be told in full');
    return undefined;
  }
}
