// How much memory stad, as it is installed, has needed at its peak, while a tree was frozen, thawed and frozen
// again, with a snapshot each time.
import { mkdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AUTHOR, Installation } from '../../harness/installation.ts';
import { installPacked } from '../../harness/packed-programs.ts';
import type { Programs } from '../../harness/programs.ts';
import type { Benchmark, Sides } from '../benchmark.ts';
import { scratchDirectory } from '../scratch.ts';
import { FILES_IN_EACH, plantFiles } from './planted-tree.ts';

const LIMIT_MB = 250;
const MANY = 1_000_000;
const FEWER = 100_000;

let peaks: Promise<Record<'many' | 'fewer', number>> | undefined;

/** Both rows speak of the same two runs. */
function measuredPeaks(): NonNullable<typeof peaks> {
  return (peaks ??= (async () => {
    const scratch = scratchDirectory();
    try {
      const programs = await installPacked(scratch.path);
      return { fewer: await peakMb(FEWER, programs), many: await peakMb(MANY, programs) };
    } finally {
      scratch.remove();
    }
  })());
}

export const memory: readonly Benchmark[] = [
  row({
    name: 'files/memory',
    reference: 'the limit',
    target: { atMost: 1 },
    run: async () => ({ measured: (await measuredPeaks()).many, reference: LIMIT_MB }),
  }),
  row({
    name: 'files/memory-growth',
    reference: 'with 100,000',
    target: { atMost: 1.2 },
    run: async () => {
      const { many, fewer } = await measuredPeaks();
      return { measured: many, reference: fewer };
    },
  }),
];

function row({
  name,
  reference,
  target,
  run,
}: Pick<Benchmark, 'name' | 'reference' | 'target'> & { run: () => Promise<Sides> }): Benchmark {
  return {
    name,
    measured: 'peak memory of stad with 1,000,000 files',
    reference,
    unit: 'MB',
    comparison: 'ratio',
    target,
    isOnce: true,
    prepare: () => ({ run }),
  };
}

async function peakMb(files: number, programs: Programs): Promise<number> {
  await using installation = await Installation.create('native', tmpdir(), programs);
  await installation.setUp();
  const path = join(installation.data, 'repo');
  mkdirSync(path);
  plantFiles(path, files / FILES_IN_EACH);
  await installation.cliOk('init', 'repo', 'demo', path, '--author', AUTHOR);
  for (const command of ['freeze', 'unfreeze', 'freeze'])
    await installation.cliOk(command, path, '--author', AUTHOR);
  const stad = installation.daemons.get('stad');
  if (!stad) throw new Error('stad has not been started');
  const [, kib = ''] = /^VmHWM:\s*(\d+) kB$/m.exec(statusOf(stad.pid)) ?? [];
  return (Number(kib) * 1024) / 1e6;
}

function statusOf(pid: number): string {
  return readFileSync(`/proc/${pid}/status`, 'latin1');
}
