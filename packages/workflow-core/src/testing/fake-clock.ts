import type { Clock } from '../ports/time.ts';
import { Agenda, settled, sleepOn } from './agenda.ts';

/** A clock that stands still until a test moves it. Sleepers wake in the order of their due time. */
export class FakeClock implements Clock {
  readonly #agenda: Agenda;

  constructor(startMs: number = Date.UTC(2026, 0, 1)) {
    this.#agenda = new Agenda(startMs);
  }

  nowMs(): number {
    return this.#agenda.nowMs;
  }

  /** How many sleeps have not come to their due time; an aborted one counts until then. */
  get sleeping(): number {
    return this.#agenda.size;
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    return sleepOn((wake) => this.#agenda.after(ms, wake), signal);
  }

  /** Moves time on, and lets all that a sleeper does at its due time happen before the next wakes. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#agenda.nowMs + ms;
    await settled();
    while ((this.#agenda.nextMs ?? Infinity) <= untilMs) {
      this.#agenda.runNext();
      await settled();
    }
    this.#agenda.moveTo(untilMs);
  }
}
