// `npm run bench`: measures what docs/performance.md promises. Exit code 1 when a target is missed.
import { parseArgs } from 'node:util';
import { RUNS_MIN } from './benchmark.ts';
import { benchmarks } from './catalogue.ts';
import { describe, tableOf, thisMachine } from './report.ts';
import { runBenchmark, type Outcome } from './run-benchmark.ts';

const USAGE = `usage: npm run bench -- [NAME]... [--runs N] [--json]
  NAME      a benchmark, or the beginning of its name (default: all)
  --runs N  how often both sides are measured (default and least: ${RUNS_MIN})
  --json    one JSON value on stdout

benchmarks: ${benchmarks.map(({ name }) => name).join(', ')}`;

const { chosen, runs, json } = readArguments();
const outcomes: Outcome[] = [];
for (const benchmark of chosen) {
  console.error(`${benchmark.name}: ${benchmark.measured}, against ${benchmark.reference} …`);
  outcomes.push(await runBenchmark(benchmark, runs));
}
const machine = thisMachine();
console.log(json ? JSON.stringify({ machine, outcomes }) : `\n${tableOf(outcomes)}`);
if (!json) console.log(`\n${describe(machine)}; medians of ${runs} runs`);
process.exitCode = outcomes.every(({ isMet }) => isMet) ? 0 : 1;

function readArguments(): { chosen: typeof benchmarks; runs: number; json: boolean } {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        runs: { type: 'string', default: RUNS_MIN.toString() },
        json: { type: 'boolean', default: false },
      },
    });
    const isChosen = (name: string): boolean => positionals.some((start) => name.startsWith(start));
    const all = positionals.length === 0;
    const found = benchmarks.filter(({ name }) => all || isChosen(name));
    const count = Number(values.runs);
    if (found.length === 0) throw new Error(`no benchmark ${positionals.join(' or ')}`);
    if (!(count >= RUNS_MIN)) throw new Error(`--runs takes a number from ${RUNS_MIN} on`);
    return { chosen: found, runs: count, json: values.json };
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
    process.exit(2);
  }
}
