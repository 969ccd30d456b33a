// Looks, while stad works on the files of a workflow or waits to do so, whether it shall go on:
// somebody may want the workflow cancelled, and it may have been ended without stad.
import { Fault, type CancelRequest, type Noticeboard, type Uuid } from '@permafrost/events';
import type { Log } from '../ports/log.ts';
import type { Clock } from '../ports/time.ts';

const LOOK_MS = 250;

type Surroundings = Readonly<{ board: Noticeboard; clock: Clock; log: Log }>;

type Subject = Readonly<{
  workflowId: Uuid;
  /** Whether the journal still says that the files are to be worked on. */
  isDue: () => Promise<boolean>;
  /** Aborted when the daemon stops. */
  stopping: AbortSignal;
}>;

/** Looks until it is disposed of. A fault while looking is logged, and the next look tries again. */
export class CancelWatch implements AsyncDisposable {
  readonly #surroundings: Surroundings;
  readonly #subject: Subject;
  readonly #cancel = new AbortController();
  readonly #disposal = new AbortController();
  readonly #ended: Promise<void>;
  /** Aborted when the work shall end: for the reasons below, or because the daemon stops. */
  readonly signal: AbortSignal;
  #request: CancelRequest | undefined;
  #isOver = false;

  constructor(surroundings: Surroundings, subject: Subject) {
    this.#surroundings = surroundings;
    this.#subject = subject;
    this.signal = AbortSignal.any([subject.stopping, this.#cancel.signal]);
    this.#ended = this.#lookOften();
    // Whoever disposes of this hears of a defect; until then, it is not unheard of.
    this.#ended.catch(() => undefined);
  }

  /** Who wants the workflow cancelled. */
  get request(): CancelRequest | undefined {
    return this.#request;
  }

  /** Whether the workflow does not wait for its files any more. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Looks right now. */
  async look(): Promise<void> {
    const { board, log } = this.#surroundings;
    const { workflowId, isDue } = this.#subject;
    try {
      this.#isOver ||= !(await isDue());
      if (!this.#isOver) this.#request ??= await board.cancelRequest(workflowId);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      log.warn({ err: error }, 'cannot look for a wish to cancel');
    }
    if (this.#isOver || this.#request) this.#cancel.abort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposal.abort();
    await this.#ended;
  }

  async #lookOften(): Promise<void> {
    const { signal } = this.#disposal;
    for (;;) {
      await this.#surroundings.clock.sleep(LOOK_MS, signal);
      if (signal.aborted || this.signal.aborted) return;
      await this.look();
    }
  }
}
