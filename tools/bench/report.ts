// How outcomes are shown: a table for people, one JSON value for programs.
import { cpus, release, totalmem } from 'node:os';
import type { Outcome } from './run-benchmark.ts';

export type Machine = Readonly<{
  cores: number;
  cpu: string;
  memoryGb: number;
  kernel: string;
  node: string;
}>;

export function thisMachine(): Machine {
  const [first] = cpus();
  return {
    cores: cpus().length,
    cpu: first?.model ?? 'unknown',
    memoryGb: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    node: process.version,
  };
}

/** A Markdown table, so that it can be pasted into docs/performance.md. */
export function tableOf(outcomes: readonly Outcome[]): string {
  const rows = outcomes.map((outcome) => [
    outcome.name,
    quantity(outcome.measured, outcome.unit),
    quantity(outcome.reference, outcome.unit),
    verdict(outcome, outcome.result),
    targetOf(outcome),
    outcome.isMet ? 'yes' : '**no**',
  ]);
  const table = [['benchmark', 'measured', 'against', 'result', 'target', 'met'], ...rows];
  const widths = (table[0] ?? []).map((_, i) =>
    Math.max(...table.map((row) => row[i]?.length ?? 0)),
  );
  const lines = table.map(
    (row) => `| ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`,
  );
  lines.splice(1, 0, `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`);
  return lines.join('\n');
}

export function describe({ cores, cpu, memoryGb, kernel, node }: Machine): string {
  return `${cores} cores (${cpu}), ${memoryGb} GB, Linux ${kernel}, Node ${node}`;
}

function targetOf({ target, ...outcome }: Outcome): string {
  return 'atLeast' in target
    ? `at least ${verdict(outcome, target.atLeast)}`
    : `at most ${verdict(outcome, target.atMost)}`;
}

function verdict(
  { comparison, unit }: Pick<Outcome, 'comparison' | 'unit'>,
  value: number,
): string {
  if (comparison === 'difference') return `${value < 0 ? '' : '+'}${quantity(value, unit)}`;
  return value < 2 ? `${(value * 100).toFixed(0)} %` : `${value.toFixed(1)} ×`;
}

function quantity(value: number, unit: string): string {
  const digits = Math.abs(value) < 100 ? 2 : 0;
  return `${value.toLocaleString('en', { maximumFractionDigits: digits })} ${unit}`;
}
