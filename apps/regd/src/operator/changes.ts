import type { Journal } from '@permafrost/events';
import { lookOnNews } from '../news.ts';

/** How often is looked at what does not ring: progress and presences, while work is under way. */
const BUSY_MS = 250;
const IDLE_MS = 10_000;

export interface View<T> {
  value: T;
  /** Whether work is under way, so that it may change without an event. */
  isBusy: boolean;
}

/** A view of the journal at once, and again whenever it has changed, until the signal is aborted. */
export async function* changes<T>(
  journal: Journal,
  signal: AbortSignal,
  view: () => Promise<View<T>>,
): AsyncGenerator<T> {
  let last: string | undefined;
  let everyMs = IDLE_MS;
  for await (const { value, isBusy } of lookOnNews(journal, signal, view, () => everyMs)) {
    everyMs = isBusy ? BUSY_MS : IDLE_MS;
    const now = JSON.stringify(value);
    if (now !== last) yield value;
    last = now;
  }
  signal.throwIfAborted();
}
