// What a benchmark is. Each compares two sides that ran in the same process, one right after the
// other, so that a busy machine slows both; a figure alone says little about another machine.

/** How often each side is measured: enough for a median that one odd run does not move. */
export const RUNS_MIN = 5;

/** One run of both sides, in the unit of the benchmark. */
export type Sides = Readonly<{ measured: number; reference: number }>;

/** How the two sides are held against each other. */
export type Comparison = 'ratio' | 'difference';

/** What the comparison of the medians must be. */
export type Target = Readonly<{ atLeast: number } | { atMost: number }>;

/** A benchmark that is ready to run, and what it leaves behind. */
export interface Prepared {
  run(): Promise<Sides> | Sides;
  close?(): Promise<void> | void;
}

export interface Benchmark {
  /** `area/what`; the command line selects by it. */
  name: string;
  /** What is measured, for people. */
  measured: string;
  /** What it is measured against, for people. */
  reference: string;
  unit: 'events/s' | 'entries/s' | 'workflows/s' | 'ms' | 'ms/100' | 'MB' | '%';
  comparison: Comparison;
  target: Target;
  /** For a peak, which one run tells. */
  isOnce?: true;
  prepare(): Promise<Prepared> | Prepared;
}
