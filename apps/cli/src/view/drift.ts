// How a check is told: each thing that it finds, what it comes to.
import type { check } from '@permafrost/proto';
import type { Paint } from '../output/terminal.ts';
import { count } from './quantities.ts';

/** As long as the longest kind. */
const KIND_WIDTH = 10;

/** The kinds that say that the directory of the repo is not where it should be. */
const OUT_OF_PLACE: ReadonlySet<string> = new Set(['missing', 'replaced', 'redirected']);

/** One line. */
export function driftLine({ kind, path, detail }: check.Drift, paint: Paint): string {
  const line = `${paint.yellow(kind.padEnd(KIND_WIDTH))}  ${path}`;
  return detail === '' ? line : `${line}: ${detail}`;
}

/** Such as `2 flag-lost, 1 new`. */
export function countsWords(drifts: readonly check.DriftCount[]): string {
  return drifts.map((drift) => `${count(drift.count)} ${drift.kind}`).join(', ');
}

export function summaryWords({ tier, entries, drifts }: check.CheckSummary, path: string): string {
  const found = drifts.length === 0 ? 'all as recorded' : countsWords(drifts);
  return `looked at ${count(entries)} entries of ${path}, which is ${tier}: ${found}`;
}

/** Whether nothing can be said of the files before the directory is brought back. */
export function isOutOfPlace({ drifts }: check.CheckSummary): boolean {
  return drifts.some(({ kind }) => OUT_OF_PLACE.has(kind));
}

/** Those that no flag can mend, since the data itself is another. */
export function changesOfData({ drifts }: check.CheckSummary): readonly check.DriftCount[] {
  return drifts.filter(({ kind }) => !kind.startsWith('flag-') && !OUT_OF_PLACE.has(kind));
}
