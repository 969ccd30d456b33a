import { RUNS_MIN, type Benchmark, type Comparison, type Sides, type Target } from './benchmark.ts';

/** The medians of a benchmark, and what they say. */
export type Outcome = Readonly<{
  name: string;
  unit: string;
  comparison: Comparison;
  runs: readonly Sides[];
  measured: number;
  reference: number;
  /** The medians' ratio or difference. */
  result: number;
  target: Target;
  isMet: boolean;
}>;

/** Runs both sides `runs` times after one run that does not count. */
export async function runBenchmark(benchmark: Benchmark, runs: number): Promise<Outcome> {
  const { name, unit, comparison, target, isOnce } = benchmark;
  const prepared = await benchmark.prepare();
  try {
    // The first run compiles code and fills caches, of both sides.
    if (!isOnce) await prepared.run();
    const all: Sides[] = [];
    const count = isOnce ? 1 : Math.max(runs, RUNS_MIN);
    while (all.length < count) all.push(await prepared.run());
    const measured = median(all.map((sides) => sides.measured));
    const reference = median(all.map((sides) => sides.reference));
    const result = comparison === 'ratio' ? measured / reference : measured - reference;
    const isMet = 'atLeast' in target ? result >= target.atLeast : result <= target.atMost;
    return { name, unit, comparison, runs: all, measured, reference, result, target, isMet };
  } finally {
    await prepared.close?.();
  }
}

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low = NaN, high = NaN] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return (low + high) / 2;
}
