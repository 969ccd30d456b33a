// `npm run simulate`: runs the deterministic simulation over many seeds, and every crash point and
// pair of crash points of one workflow of each kind. A failure prints how to see it again.
import {
  defects,
  exhaust,
  scenarios,
  simulate,
  type Defect,
  type SimulationResult,
} from '@permafrost/workflow-core/testing';
import { parseArgs } from 'node:util';

const USAGE = `usage: npm run simulate -- [--seeds N] [--seed S] [--json] [--trace] [--defect NAME]
  --seeds N       how many seeds to run, from --seed on (default 1000; with --seed alone, 1)
  --seed S        the first seed (default 1)
  --json          one JSON value a line
  --trace         print what happened, also when all is well
  --defect NAME   plant a mistake, to see the checkers find it: ${defects.join(', ')}`;

type Totals = {
  runs: number;
  failed: number;
  crashes: number;
  workflows: number;
  simulatedMs: number;
};

// Whoever reads has seen enough, as `head` has.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

const totals: Totals = { runs: 0, failed: 0, crashes: 0, workflows: 0, simulatedMs: 0 };
const { first, count, json, trace, defect } = readArguments();
const startedMs = performance.now();

if (first === undefined && defect === undefined) await runEveryCrashPoint();
const from = first ?? 1;
for (let seed = from; seed < from + count; seed++) {
  const again = `npm run simulate -- --seed ${seed}${defect ? ` --defect ${defect}` : ''}`;
  note(await simulate({ seed, defect }), again);
}

const elapsedMs = Math.round(performance.now() - startedMs);
if (json) console.log(JSON.stringify({ ...totals, elapsedMs }));
else {
  const hours = (totals.simulatedMs / 3_600_000).toFixed(1);
  console.log(
    `${totals.runs} runs in ${(elapsedMs / 1000).toFixed(1)} s: ${hours} simulated hours, ` +
      `${totals.workflows} workflows, ${totals.crashes} crashes, ${totals.failed} failed`,
  );
}
process.exitCode = totals.failed === 0 ? 0 : 1;

async function runEveryCrashPoint(): Promise<void> {
  for (const scenario of scenarios) {
    for await (const result of exhaust(scenario, { pairs: true })) {
      note(result, `${scenario}, killed at point ${result.points.join(' and at point ')}`);
    }
  }
}

function note(result: SimulationResult, again: string): void {
  totals.runs++;
  totals.crashes += result.crashes;
  totals.workflows += result.workflows;
  totals.simulatedMs += result.simulatedMs;
  if (trace && !json) console.log(result.trace.join('\n'));
  if (result.failures.length === 0) return;
  totals.failed++;
  if (json) {
    const { seed, failures, digest } = result;
    console.log(JSON.stringify({ seed, failures, digest, again }));
  } else {
    console.log(
      [`seed ${result.seed} failed:`, ...result.failures, `again: ${again}`].join('\n  '),
    );
  }
}

function readArguments(): {
  first: number | undefined;
  count: number;
  json: boolean;
  trace: boolean;
  defect: Defect | undefined;
} {
  try {
    const { values } = parseArgs({
      options: {
        seeds: { type: 'string' },
        seed: { type: 'string' },
        json: { type: 'boolean', default: false },
        trace: { type: 'boolean', default: false },
        defect: { type: 'string' },
      },
    });
    const seed = values.seed === undefined ? undefined : natural('--seed', values.seed);
    const seeds = values.seeds ?? (seed === undefined ? '1000' : '1');
    const planted = defects.find((name) => name === values.defect);
    if (values.defect !== undefined && !planted) throw new Error(`no defect ${values.defect}`);
    const { json: isJson, trace: isTraced } = values;
    return {
      first: seed,
      count: natural('--seeds', seeds),
      json: isJson,
      trace: isTraced,
      defect: planted,
    };
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
    process.exit(2);
  }
}

function natural(option: string, text: string): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number > 0xffff_ffff)
    throw new Error(`${option} takes a number from 0 to 4294967295`);
  return number;
}
