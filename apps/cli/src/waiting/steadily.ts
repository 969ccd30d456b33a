// Going on when regd goes away for a while, or has no room: it may be restarted at any time, and
// what was begun does not depend on who is connected.
import { setTimeout as sleep } from 'node:timers/promises';
import { isCrowdedOut, isUnreachable } from '../failure.ts';

/** The first pause before another try, in milliseconds. It doubles each time, up to the longest. */
const PAUSE_MS = 50;
const PAUSE_MS_MAX = 1000;

/** Longer than a restart of regd takes, in milliseconds: so long a lost answer is asked for again. */
export const LOST_ANSWER_MS_MAX = 60_000;

export type Patience = Readonly<{
  /** Ends the waiting, with its reason. */
  signal: AbortSignal;
  /** Tells the user, once each time, that regd does not answer and that it does again. */
  note: (words: string) => void;
  /** How long regd may leave one without an answer, in milliseconds. */
  silenceMsMax?: number;
}>;

/** Opens a stream again, as often as needed, when regd cannot be reached or has no room. */
export async function* steadily<T>(
  open: () => AsyncIterable<T>,
  { signal, note, silenceMsMax = Infinity }: Patience,
): AsyncGenerator<T, void, undefined> {
  let lostMs: number | undefined;
  let pauseMs = PAUSE_MS;
  for (;;) {
    try {
      for await (const message of open()) {
        if (lostMs !== undefined) note('regd answers again.');
        lostMs = undefined;
        pauseMs = PAUSE_MS;
        yield message;
      }
      return;
    } catch (error) {
      const hope = hopeAfter(error);
      if (lostMs === undefined) note(hope);
      lostMs ??= performance.now();
      if (performance.now() - lostMs > silenceMsMax) throw error;
    }
    await pause(pauseMs, signal);
    pauseMs = Math.min(2 * pauseMs, PAUSE_MS_MAX);
  }
}

/** What is told of an error that may pass. Throws any other. */
function hopeAfter(error: unknown): string {
  if (isUnreachable(error)) return `${error.message}. Trying again until it is back.`;
  if (isCrowdedOut(error)) return `${error.message}. Trying again until there is room.`;
  throw error;
}

/** Asks again when the question or its answer was lost. The question must be safe to repeat. */
export async function persistently<T>(ask: () => Promise<T>, patience: Patience): Promise<T> {
  for await (const answer of steadily(() => once(ask), patience)) return answer;
  throw new Error('a question ended with neither an answer nor a failure');
}

async function* once<T>(ask: () => Promise<T>): AsyncGenerator<T, void, undefined> {
  yield await ask();
}

/** Waits, and throws the reason of the signal if that comes first. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}
