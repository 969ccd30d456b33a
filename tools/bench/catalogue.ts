// Every benchmark, in the order in which they run.
import type { Benchmark } from './benchmark.ts';
import { idle } from './daemons/idle.ts';
import { startOfRegd } from './daemons/start.ts';
import { attributes } from './files/attributes.ts';
import { memory } from './files/memory.ts';
import { snapshots } from './files/snapshots.ts';
import { appendAlone } from './journal/append-alone.ts';
import { appendTogether } from './journal/append-together.ts';
import { loadHistory } from './journal/load-history.ts';
import { longJournal } from './journal/long-journal.ts';
import { twoProcesses } from './journal/two-processes.ts';
import { thawAlone, thawTogether } from './workflow/thaw.ts';

export const benchmarks: readonly Benchmark[] = [
  appendAlone,
  appendTogether,
  twoProcesses,
  loadHistory,
  longJournal,
  thawAlone,
  thawTogether,
  startOfRegd,
  ...idle,
  ...attributes,
  ...snapshots,
  ...memory,
];
