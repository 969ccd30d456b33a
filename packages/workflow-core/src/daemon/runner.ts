// The one runner of both daemons. It follows the journal, turns each event into the tasks that it
// may concern, and runs each task until it has nothing left to do. It knows no workflows.
//
// Nothing is remembered over a restart: the loop names what is open at the start, from the journal,
// and events name the rest. A task that is named while it runs is run once more afterwards.
import {
  Fault,
  RefusedError,
  type Engine,
  type Position,
  type StoredEvent,
} from '@permafrost/events';
import type { Log } from '../ports/log.ts';
import type { Clock, Random } from '../ports/time.ts';
import { backoffMs, type Backoff } from './backoff.ts';
import { TaskLog } from './task-log.ts';

/** A daemon's part of the work, as the runner needs it. */
export interface Loop<Task> {
  /** Tasks with the same key never run at the same time. */
  keyOf(task: Task): string;
  /** All that may be open, read from the journal. */
  open(signal: AbortSignal): AsyncIterable<Task>;
  /** What an event may concern. */
  concerns(event: StoredEvent): readonly Task[];
  /**
   * Does what is due and resolves when nothing is due until the next event. May be run again at any
   * time. Throws a {@link Fault} or {@link RefusedError} to be run again later. What it tells the log
   * about the task stands in the runner's lines, too.
   */
  run(task: Task, signal: AbortSignal, log: TaskLog): Promise<void>;
  /** Waits before a task is run again, less long if there is a reason; without it, always so long. */
  pause?(task: Task, ms: number, signal: AbortSignal, log: TaskLog): Promise<void>;
}

export interface RunnerOptions<Task> {
  /** The engine whose journal is followed, and whose memory moves on with it. */
  engine: Engine;
  loop: Loop<Task>;
  clock: Clock;
  random: Random;
  log: Log;
  backoff?: Backoff;
}

const DEFAULT_BACKOFF: Backoff = { firstMs: 100, maxMs: 30_000 };
const PAGE_EVENTS = 1000;

export class Runner<Task> {
  readonly #options: RunnerOptions<Task>;
  readonly #backoff: Backoff;
  readonly #open = new Set<string>();
  readonly #namedAgain = new Set<string>();
  readonly #running = new Set<Promise<void>>();
  #bug: Error | undefined;
  #wake: () => void = () => undefined;

  constructor(options: RunnerOptions<Task>) {
    this.#options = options;
    this.#backoff = options.backoff ?? DEFAULT_BACKOFF;
  }

  /** How many tasks are under way or wait to be tried again. */
  get tasksOpen(): number {
    return this.#open.size;
  }

  /**
   * Runs until the signal is aborted, then waits for the tasks under way. Rejects only with a bug:
   * the process shall end, start again, and read the journal.
   */
  async run(signal: AbortSignal): Promise<void> {
    const { journal } = this.#options.engine;
    const unsubscribe = journal.subscribe(() => this.#wake());
    const onAbort = (): void => this.#wake();
    signal.addEventListener('abort', onAbort);
    try {
      // First where to follow from, then what is open: so nothing falls in between.
      let position = await this.#untilDone(() => journal.end(), signal);
      const opened = this.#nameOpen(signal);
      while (!this.#isOver(signal)) {
        const woken = new Promise<void>((resolve) => (this.#wake = resolve));
        const page = await this.#follow(position ?? 0, signal);
        position = page.at(-1)?.position ?? position;
        // Of whatever is committed from the reading on, it is told.
        if (page.length < PAGE_EVENTS && !this.#isOver(signal)) await woken;
      }
      await opened;
      while (this.#running.size > 0) await Promise.all(this.#running);
    } finally {
      signal.removeEventListener('abort', onAbort);
      unsubscribe();
    }
    if (this.#bug) throw this.#bug;
  }

  #isOver(signal: AbortSignal): boolean {
    return signal.aborted || this.#bug !== undefined;
  }

  async #nameOpen(signal: AbortSignal): Promise<void> {
    await this.#untilDone(async () => {
      for await (const task of this.#options.loop.open(signal)) this.#name(task, signal);
    }, signal);
  }

  /** Names what the next page of events concerns, and resolves to it. */
  async #follow(position: Position, signal: AbortSignal): Promise<readonly StoredEvent[]> {
    const { engine } = this.#options;
    const read = () => engine.readAll(position, PAGE_EVENTS);
    const events = (await this.#untilDone(read, signal)) ?? [];
    for (const event of events) {
      for (const task of this.#concerns(event)) this.#name(task, signal);
    }
    return events;
  }

  /** An event that cannot be read concerns nobody; it must not stop the work on all others. */
  #concerns(event: StoredEvent): readonly Task[] {
    const { loop, log } = this.#options;
    try {
      return loop.concerns(event);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      log.error(
        { history: event.history, event: event.id, err: error },
        'unreadable event skipped',
      );
      return [];
    }
  }

  #name(task: Task, signal: AbortSignal): void {
    const key = this.#options.loop.keyOf(task);
    if (this.#open.has(key)) {
      this.#namedAgain.add(key);
      return;
    }
    this.#open.add(key);
    const run = this.#work(key, task, signal).finally(() => {
      this.#open.delete(key);
      this.#running.delete(run);
    });
    this.#running.add(run);
  }

  async #work(key: string, task: Task, signal: AbortSignal): Promise<void> {
    const { loop, clock } = this.#options;
    const log = new TaskLog(this.#options.log);
    const pause = (ms: number): Promise<void> =>
      loop.pause ? loop.pause(task, ms, signal, log) : clock.sleep(ms, signal);
    const run = (): Promise<void> => {
      // The step at which the last try has ended is not where this one is.
      log.about({ step: undefined });
      return loop.run(task, signal, log);
    };
    do {
      await this.#untilDone(run, signal, { task: key, log, pause });
    } while (this.#namedAgain.delete(key) && !this.#isOver(signal));
  }

  /** Tries until it succeeds or the signal is aborted. A bug ends the whole runner. */
  async #untilDone<T>(
    work: () => Promise<T>,
    signal: AbortSignal,
    {
      task = 'follow-journal',
      log = this.#options.log,
      pause = (ms) => this.#options.clock.sleep(ms, signal),
    }: { task?: string; log?: Log; pause?: (ms: number) => Promise<void> } = {},
  ): Promise<T | undefined> {
    const { random } = this.#options;
    for (let attempt = 1; !this.#isOver(signal); attempt++) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof Fault || error instanceof RefusedError)) {
          this.#bug ??= error instanceof Error ? error : new Error(String(error));
          this.#wake();
          return undefined;
        }
        if (this.#isOver(signal)) return undefined;
        const waitMs = backoffMs(this.#backoff, attempt, random);
        log.warn({ task, attempt, waitMs: Math.round(waitMs), err: error }, 'will try again');
        await pause(waitMs);
      }
    }
    return undefined;
  }
}
