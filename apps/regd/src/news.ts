import { performance } from 'node:perf_hooks';
import { nodeClock } from '@permafrost/daemon-kit';
import type { Journal } from '@permafrost/events';
import { Bell } from '@permafrost/workflow-core';

/** Why to look again: the first look, something was committed, or some time has passed. */
export type Occasion = 'start' | 'news' | 'tick';

/** For looks that miss nothing as long as no wake-up is lost. */
const SELDOM_MS = 60_000;

/**
 * Looks at once, and then whenever there may be news, and whenever `everyMs` have passed since the last
 * look that was for no news: both daemons ring every few seconds without any. Yields what was seen,
 * until the signal is aborted. A look that reads the journal misses nothing.
 */
export async function* lookOnNews<T>(
  journal: Pick<Journal, 'subscribe'>,
  signal: AbortSignal,
  look: (occasion: Occasion) => T | Promise<T>,
  everyMs: () => number = () => SELDOM_MS,
): AsyncGenerator<T> {
  using bell = new Bell(journal, nodeClock);
  let tickedMs = 0;
  for (let on: Occasion = 'start'; !signal.aborted;) {
    if (on !== 'news') tickedMs = performance.now();
    yield await look(on);
    const leftMs = (): number => tickedMs + everyMs() - performance.now();
    await bell.next(Math.max(leftMs(), 0), signal);
    on = leftMs() > 0 ? 'news' : 'tick';
  }
}
