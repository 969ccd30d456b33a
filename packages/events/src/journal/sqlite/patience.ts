// SQLite has one writer at a time, so that being told "busy" is part of a normal day. SQLite's own
// wait stops the whole process; this one waits without blocking, and gives up in the end.
import { setTimeout as sleep } from 'node:timers/promises';
import { JournalClosedError } from '../errors.ts';
import { asFault, isBusy } from './faults.ts';

/** What {@link patiently} needs to know. */
export interface Patience {
  /** The journal's file, for the message. */
  path: string;
  /** How long to try again, in milliseconds. */
  patienceMs: number;
  /** Ends the waiting before its time: the journal is closing. */
  closing: AbortSignal;
}

const PAUSE_MS_MAX = 50;

/**
 * Calls `attempt` until it is not busy any more. Throws the port's faults, and
 * {@link JournalClosedError} when the journal closes between two attempts.
 */
export async function patiently<T>(
  attempt: () => T,
  { path, patienceMs, closing }: Patience,
): Promise<T> {
  const deadlineMs = performance.now() + patienceMs;
  for (let pauseMs = 1; ; pauseMs = Math.min(2 * pauseMs, PAUSE_MS_MAX)) {
    try {
      return attempt();
    } catch (error) {
      if (!isBusy(error) || performance.now() >= deadlineMs) throw asFault(error, path);
    }
    // Jitter, so that two processes do not knock in step.
    await sleep(pauseMs * (0.5 + Math.random()));
    if (closing.aborted) throw new JournalClosedError();
  }
}
