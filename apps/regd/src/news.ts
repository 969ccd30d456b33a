import { nodeClock } from '@permafrost/daemon-kit';
import type { Journal } from '@permafrost/events';
import { Bell } from '@permafrost/workflow-core';

/** Why to look again: the first look, something was committed, or some time has passed. */
export type Occasion = 'start' | 'news' | 'tick';

/** For looks that miss nothing as long as no wake-up is lost. */
const SELDOM_MS = 60_000;

/**
 * Looks at once, and then whenever there may be news or `everyMs` have passed, and yields what was
 * seen, until the signal is aborted. A look that reads the journal misses nothing.
 */
export async function* lookOnNews<T>(
  journal: Journal,
  signal: AbortSignal,
  look: (occasion: Occasion) => T | Promise<T>,
  everyMs: () => number = () => SELDOM_MS,
): AsyncGenerator<T> {
  using bell = new Bell(journal, nodeClock);
  for (let on: Occasion = 'start'; !signal.aborted;) {
    yield await look(on);
    on = (await bell.next(everyMs(), signal)) ? 'news' : 'tick';
  }
}
