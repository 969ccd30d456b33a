import { linkSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { plan } from '@permafrost/events';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Scratch, watch } from '../shadow/scratch.ts';
import { SimulatedDriver } from '../tree/drivers/simulated.ts';
import { FlaggedTree } from '../tree/immutable-tree.ts';
import { whyNoMounts } from '../tree/testing/real-files.ts';
import { expectedMs } from './expected-time.ts';
import { Plan, type Intent } from './plan.ts';

const noMounts = await whyNoMounts();

let scratch: Scratch;
let tree: FlaggedTree;

beforeEach(async () => {
  scratch = new Scratch();
  const driver = await SimulatedDriver.open(join(scratch.root, 'simulated'), () => undefined);
  tree = new FlaggedTree(driver, { roots: [scratch.root] });
  for (const path of ['a', 'b', 'dir/a', 'dir/b']) scratch.write(path, path);
});
afterEach(() => scratch[Symbol.dispose]());

/** Whether all processes can be looked into depends on the machine. */
async function planned(intent: Partial<Intent> = {}): Promise<plan.StoragePlan> {
  const items: plan.PlanStorageResponse[] = [];
  const tell = (item: plan.PlanStorageResponse): Promise<void> => {
    items.push(item);
    return Promise.resolve();
  };
  const parts = { tree, tell, signal: new AbortController().signal };
  await new Plan(parts, { path: scratch.data, direction: 'freeze', policy: {}, ...intent }).run();
  const last = items.at(-1)?.item;
  if (last?.$case !== 'plan') throw new Error('no plan');
  const findings = last.value.findings.filter(({ code }) => code !== 'PROCESSES_UNSEEN');
  return { ...last.value, findings };
}

const codes = ({ findings }: plan.StoragePlan, isObstacle = true): readonly string[] =>
  findings.filter((finding) => finding.isObstacle === isObstacle).map(({ code }) => code);

it('counts what is there and what would change, and changes nothing', async () => {
  const { tree: counts, changes, findings } = await planned();
  expect(counts).toEqual({ dirs: 2, files: 4, links: 0, others: 0, mounts: 0, bytes: 12 });
  expect(changes).toMatchObject({ asWanted: 0, toChange: 6 });
  expect(changes?.expectedMs).toBeGreaterThan(0);
  expect(findings).toEqual([]);
  expect((await planned()).changes).toMatchObject({ toChange: 6 });
});

it('knows what is as wanted already, in both directions', async () => {
  await tree.apply('freeze', join(scratch.data, 'dir'), watch());
  expect((await planned()).changes).toMatchObject({ asWanted: 3, toChange: 3 });
  const thaw = await planned({ direction: 'unfreeze' });
  expect(thaw.changes).toMatchObject({ asWanted: 3, toChange: 3 });
});

it('tells apart what stands in the way and what is only worth to know', async () => {
  await using file = await open(join(scratch.data, 'a'), 'a');
  expect(file.fd).toBeGreaterThan(0);
  linkSync(join(scratch.data, 'b'), join(scratch.root, 'outside'));
  writeFileSync(Buffer.concat([Buffer.from(`${scratch.data}/`), Buffer.from([0xff])]), '');
  await execa('mkfifo', [join(scratch.data, 'dir/pipe')]);
  const found = await planned();
  expect(codes(found)).toEqual(['FILES_LINKED_OUTSIDE', 'FILES_BUSY']);
  expect(codes(found, false)).toEqual(['SPECIAL_FILES', 'UNDECODABLE_NAMES']);
  expect(found.findings.map(({ count }) => count)).toEqual([1, 1, 1, 1]);
  const examples = found.findings.map(({ examples: [first] }) => first);
  expect(examples).toEqual([
    'b (1 of 2 names are elsewhere)',
    expect.stringContaining(`(process ${process.pid}) has a open for writing`),
    'dir/pipe',
    String.raw`\xff`,
  ]);
  const forced = await planned({ policy: { ifBusy: 'wait', ifLinked: 'force' } });
  expect(codes(forced)).toEqual([]);
  expect(codes(forced, false)).toContain('FILES_BUSY');
  expect(codes(await planned({ direction: 'unfreeze' }))).toEqual([]);
});

it('tells why a tree cannot be looked at', async () => {
  const missing = await planned({ path: join(scratch.root, 'missing') });
  expect(codes(missing)).toEqual(['FILES_MISSING']);
  expect(missing.tree).toBeUndefined();
  expect(codes(await planned({ path: '/proc' }))).toEqual(['FILES_OUTSIDE_ROOTS']);
});

it.skipIf(noMounts)('looks also at what is mounted read-only, and says so', async () => {
  await execa('mount', ['--bind', scratch.data, scratch.data]);
  try {
    await execa('mount', ['-o', 'remount,bind,ro', scratch.data]);
    const found = await planned();
    expect(codes(found)).toEqual(['FILES_READ_ONLY']);
    expect(found.tree?.files).toBe(4);
  } finally {
    await execa('umount', [scratch.data]);
  }
});

it('expects a freeze to take longer than a thaw, and changes to take their time', () => {
  const looks = { surveyMs: 100, lookMs: 50 };
  const all = { entries: 1000, recorded: 1000 };
  const work = { direction: 'freeze', ...all, toChange: 0, changeUs: 20 } as const;
  const idle = expectedMs(work, looks);
  expect(expectedMs({ ...work, direction: 'unfreeze' }, looks)).toBeLessThan(idle);
  expect(expectedMs({ ...work, toChange: 1000 }, looks)).toBe(idle + 20);
});

it('expects to record only what is new, as far as numbers tell', () => {
  const looks = { surveyMs: 100, lookMs: 50 };
  const work = { direction: 'unfreeze', entries: 1000, toChange: 0, changeUs: 20 } as const;
  const [nothing = 0, half = 0, all = 0, more = 0] = [0, 500, 1000, 2000].map((recorded) =>
    expectedMs({ ...work, recorded }, looks),
  );
  expect(nothing - half).toBe(half - all);
  expect(half).toBeGreaterThan(all);
  expect(more).toBe(all);
});
