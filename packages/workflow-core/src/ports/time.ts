/** The core has no clock of its own, so that a simulation can own it. */
export interface Clock {
  /** Unix milliseconds. May jump, also backwards. */
  nowMs(): number;
  /** Resolves after a while, or at once when the signal is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** Numbers in [0, 1), for jitter. */
export type Random = () => number;
