// How long regd takes from its start to its first answer about a registry, with a long past and
// without one.
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Installation } from '../../harness/installation.ts';
import { installPacked } from '../../harness/packed-programs.ts';
import type { Programs } from '../../harness/programs.ts';
import type { Benchmark, Prepared } from '../benchmark.ts';
import { elapsedMs, scratchDirectory } from '../scratch.ts';
import { addFinishedWorkflows } from './finished-workflows.ts';

const WORKFLOWS = 100_000;
const REGISTRY = 'demo';

export const startOfRegd: Benchmark = {
  name: 'daemons/start',
  measured: `regd's start and first answer, ${WORKFLOWS.toLocaleString('en')} workflows in the index`,
  reference: 'an empty journal',
  unit: 'ms',
  comparison: 'difference',
  target: { atMost: 300 },
  prepare,
};

async function prepare(): Promise<Prepared> {
  const scratch = scratchDirectory();
  const programs = await installPacked(scratch.path);
  const [long, empty] = [await siteOf(programs), await siteOf(programs)];
  await addFinishedWorkflows(join(long.state, 'journal.db'), REGISTRY, WORKFLOWS);
  return {
    run: async () => ({ measured: await startMs(long), reference: await startMs(empty) }),
    close: async () => {
      for (const site of [long, empty]) await site[Symbol.asyncDispose]();
      scratch.remove();
    },
  };
}

async function siteOf(programs: Programs): Promise<Installation> {
  const site = await Installation.create('simulated', tmpdir(), programs);
  const regd = await site.start('regd');
  await site.cliOk('init', 'registry', REGISTRY);
  await regd.stop();
  return site;
}

async function startMs(site: Installation): Promise<number> {
  const ms = await elapsedMs(async () => {
    await site.start('regd');
    await site.cliOk('workflows', REGISTRY);
  });
  await site.daemons.get('regd')?.stop();
  return ms;
}
