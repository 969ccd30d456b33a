import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Benchmark, Prepared } from '../benchmark.ts';
import { scratchDirectory } from '../scratch.ts';

const PROGRAM = fileURLToPath(new URL('appending-process.ts', import.meta.url));
const FOR_MS = 1500;

/** Whether a process with much to write keeps another waiting. */
export const twoProcesses: Benchmark = {
  name: 'journal/two-processes',
  measured: '64 concurrent appends from each of two processes: the slower process',
  reference: 'both together',
  unit: 'events/s',
  comparison: 'ratio',
  target: { atLeast: 0.3 },
  prepare,
};

async function prepare(): Promise<Prepared> {
  const scratch = scratchDirectory();
  const path = `${scratch.path}/journal.db`;
  // One after the other, so that the schema is there when the second comes.
  const processes = [await started(path), await started(path)];
  return {
    run: async () => {
      const counts = await Promise.all(processes.map((child) => appendedBy(child)));
      const rates = counts.map((count) => count / (FOR_MS / 1000));
      return { measured: Math.min(...rates), reference: rates.reduce((a, b) => a + b) };
    },
    close: async () => {
      for (const child of processes) child.disconnect();
      await Promise.all(processes.map((child) => once(child, 'exit')));
      scratch.remove();
    },
  };
}

async function started(path: string): Promise<ChildProcess> {
  const child = fork(PROGRAM, [path]);
  await once(child, 'message');
  return child;
}

async function appendedBy(child: ChildProcess): Promise<number> {
  child.send(FOR_MS);
  const [count] = (await once(child, 'message')) as [number];
  return count;
}
