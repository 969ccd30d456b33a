import type { Benchmark, Prepared } from '../benchmark.ts';
import { scratchDirectory } from '../scratch.ts';
import { answerOf, ended, started } from './processes.ts';

const ROUNDS = 20;
const MANY = 64;
/** Daemons run for weeks: what is measured is not how their code is compiled. */
const WARM_UP_ROUNDS = 100;

/** What the workflow costs beyond the disk and the wake-ups that it cannot do without. */
export const thawAlone: Benchmark = {
  name: 'workflow/alone',
  measured: 'a thaw without files, two processes, one at a time',
  reference: 'four commits with synchronous=FULL and three wake-ups between two processes',
  unit: 'ms',
  comparison: 'ratio',
  target: { atMost: 2 },
  prepare: async () => {
    const [site, floor] = [await siteOf(1), await floorProcesses()];
    for (const side of [site, floor]) await side.msEach(WARM_UP_ROUNDS);
    return {
      run: async () => ({
        measured: await site.msEach(ROUNDS),
        reference: await floor.msEach(ROUNDS),
      }),
      close: async () => {
        await site.close();
        await floor.close();
      },
    };
  },
};

export const thawTogether: Benchmark = {
  name: 'workflow/together',
  measured: `${MANY} thaws without files at once, two processes`,
  reference: 'one at a time',
  unit: 'workflows/s',
  comparison: 'ratio',
  target: { atLeast: 4 },
  prepare: async (): Promise<Prepared> => {
    const site = await siteOf(MANY);
    await site.msEach(WARM_UP_ROUNDS);
    return {
      run: async () => ({
        measured: (1000 * MANY) / (await site.ms(MANY)),
        reference: 1000 / (await site.msEach(ROUNDS)),
      }),
      close: site.close,
    };
  },
};

type Site = Readonly<{
  /** So many workflows at once. */
  ms: (workflows: number) => Promise<number>;
  /** The mean of so many, one after the other. */
  msEach: (rounds: number) => Promise<number>;
  close: () => Promise<void>;
}>;

/** A regd and a stad that share a journal of so many frozen repos. */
async function siteOf(repos: number): Promise<Site> {
  const scratch = scratchDirectory();
  const path = `${scratch.path}/journal.db`;
  const stad = await started('stad-process.ts', path, repos.toString());
  const regd = await started('regd-process.ts', path, repos.toString());
  const ms = (workflows: number): Promise<number> => answerOf(regd, workflows);
  return {
    ms,
    msEach: async (rounds) => {
      let sum = 0;
      for (let i = 0; i < rounds; i++) sum += await ms(1);
      return sum / rounds;
    },
    close: async () => {
      await ended([regd, stad]);
      scratch.remove();
    },
  };
}

async function floorProcesses(): Promise<Pick<Site, 'msEach' | 'close'>> {
  const scratch = scratchDirectory();
  const path = `${scratch.path}/floor.db`;
  // One after the other, so that the table is there when the second comes.
  const first = await started('floor-process.ts', path, '0');
  const second = await started('floor-process.ts', path, '1');
  return {
    msEach: async (rounds) => (await answerOf(first, rounds)) / rounds,
    close: async () => {
      await ended([first, second]);
      scratch.remove();
    },
  };
}
