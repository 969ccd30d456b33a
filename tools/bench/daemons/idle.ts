// What the installed daemons take while nobody asks for anything.
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { Installation } from '../../harness/installation.ts';
import { installPacked } from '../../harness/packed-programs.ts';
import type { DaemonName } from '../../harness/daemon-process.ts';
import type { Benchmark, Prepared } from '../benchmark.ts';
import { scratchDirectory } from '../scratch.ts';

/** After the start, and before each measurement. */
const REST_MS = 5_000;
const WATCHED_MS = 10_000;
/** Of /proc/PID/stat, on every Linux that Node runs on (proc(5), sysconf(3)). */
const TICKS_A_SECOND = 100;

type Reading = Readonly<{ limit: number; of: (pid: number) => Promise<number> }>;

const cpu: Reading = {
  limit: 1,
  of: async (pid) => {
    const before = await ticks(pid);
    await sleep(WATCHED_MS);
    return ((await ticks(pid)) - before) / TICKS_A_SECOND / (WATCHED_MS / 1000) / 0.01;
  },
};

const memory: Reading = {
  limit: 120,
  of: async (pid) => {
    const [, kib = ''] = /^VmRSS:\s*(\d+) kB$/m.exec(await procFile(pid, 'status')) ?? [];
    return (Number(kib) * 1024) / 1e6;
  },
};

export const idle: readonly Benchmark[] = (['regd', 'stad'] as const).flatMap((daemon) => [
  row(`daemons/idle-cpu-${daemon}`, `${daemon} at rest, of one core`, '%', daemon, cpu),
  row(`daemons/idle-memory-${daemon}`, `${daemon} at rest, resident`, 'MB', daemon, memory),
]);

function row(
  name: string,
  measured: string,
  unit: '%' | 'MB',
  daemon: DaemonName,
  { limit, of }: Reading,
): Benchmark {
  return {
    name,
    measured,
    reference: 'the limit',
    unit,
    comparison: 'ratio',
    target: { atMost: 1 },
    prepare: async (): Promise<Prepared> => {
      const scratch = scratchDirectory();
      const site = await Installation.create(
        'simulated',
        tmpdir(),
        await installPacked(scratch.path),
      );
      await site.setUp();
      const pid = site.daemons.get(daemon)?.pid ?? 0;
      await sleep(REST_MS);
      return {
        run: async () => ({ measured: await of(pid), reference: limit }),
        close: async () => {
          await site[Symbol.asyncDispose]();
          scratch.remove();
        },
      };
    },
  };
}

/** User and system time of all threads. */
async function ticks(pid: number): Promise<number> {
  const stat = await procFile(pid, 'stat');
  // The name of the program stands in brackets and may contain blanks.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

function procFile(pid: number, name: string): Promise<string> {
  return readFile(`/proc/${pid}/${name}`, 'latin1');
}
