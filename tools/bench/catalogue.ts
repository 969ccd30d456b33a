// Every benchmark, in the order in which they run.
import type { Benchmark } from './benchmark.ts';
import { attributes } from './files/attributes.ts';
import { unchangedSnapshot } from './files/unchanged-snapshot.ts';
import { appendAlone } from './journal/append-alone.ts';
import { appendTogether } from './journal/append-together.ts';
import { loadHistory } from './journal/load-history.ts';
import { longJournal } from './journal/long-journal.ts';
import { twoProcesses } from './journal/two-processes.ts';

export const benchmarks: readonly Benchmark[] = [
  appendAlone,
  appendTogether,
  twoProcesses,
  loadHistory,
  longJournal,
  ...attributes,
  unchangedSnapshot,
];
