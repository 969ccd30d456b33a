// Says on the noticeboard that a daemon is alive, for as long as it is.
import { Fault, type Noticeboard, type Presence, type Uuid } from '@permafrost/events';
import type { Log } from '../ports/log.ts';
import type { Clock } from '../ports/time.ts';

type Attendance = Pick<Noticeboard, 'present'>;

export const HEARTBEAT_MS = 5000;

/** A daemon that has not been heard of for so long is taken for gone. */
export const SILENCE_MS_MAX: number = 4 * HEARTBEAT_MS;

export function isAlive({ heartbeatMs }: Presence, nowMs: number): boolean {
  return nowMs - heartbeatMs <= SILENCE_MS_MAX;
}

/** Whether a daemon can write to the journal, as its own heartbeat there shows. */
export async function isHeard(board: Attendance, instance: Uuid, nowMs: number): Promise<boolean> {
  try {
    const own = (await board.present()).find((who) => who.instance === instance);
    return own !== undefined && isAlive(own, nowMs);
  } catch (error) {
    if (error instanceof Fault) return false;
    throw error;
  }
}

/** Whether a stad of a file host is alive. Throws what the noticeboard throws. */
export async function isServed(board: Attendance, host: string, nowMs: number): Promise<boolean> {
  return (await stadsOf(board, host)).some((who) => isAlive(who, nowMs));
}

/** All that have served a file host and did not take their leave. */
export async function stadsOf(board: Attendance, host: string): Promise<readonly Presence[]> {
  return (await board.present()).filter((who) => who.daemon === 'stad' && who.host === host);
}

/**
 * Takes those off the noticeboard that have been silent for so long, and whose place another one has
 * taken since: killed daemons could not take their leave. One that comes back announces itself again.
 */
export async function forgetReplaced(
  board: Noticeboard,
  { silentMs, nowMs }: Readonly<{ silentMs: number; nowMs: number }>,
): Promise<void> {
  const present = await board.present();
  const isFollowed = ({ daemon, host, heartbeatMs }: Presence): boolean =>
    present.some(
      (other) => other.daemon === daemon && other.host === host && other.heartbeatMs > heartbeatMs,
    );
  for (const who of present)
    if (nowMs - who.heartbeatMs > silentMs && isFollowed(who)) await board.withdraw(who.instance);
}

/** Announces until the signal is aborted, and then withdraws. */
export async function keepPresent(
  who: Omit<Presence, 'sinceMs' | 'heartbeatMs'>,
  {
    board,
    clock,
    log,
    signal,
  }: { board: Noticeboard; clock: Clock; log: Log; signal: AbortSignal },
): Promise<void> {
  const sinceMs = clock.nowMs();
  const forgive = async (write: Promise<void>): Promise<void> => {
    try {
      await write;
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      log.warn({ err: error }, 'cannot announce presence');
    }
  };
  while (!signal.aborted) {
    await forgive(board.announce({ ...who, sinceMs, heartbeatMs: clock.nowMs() }));
    await clock.sleep(HEARTBEAT_MS, signal);
  }
  await forgive(board.withdraw(who.instance));
}
