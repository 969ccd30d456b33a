import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { check } from '@permafrost/events';
import type { ShadowLocation } from '@permafrost/workflow-core';
import { author, Scratch, watch } from '../shadow/scratch.ts';
import { SimulatedDriver } from '../tree/drivers/simulated.ts';
import { openDirectory } from '../tree/directory-handles.ts';
import { FlaggedTree } from '../tree/immutable-tree.ts';
import { Check, type CheckedRepo } from './check.ts';

let scratch: Scratch;
let driver: SimulatedDriver;
let tree: FlaggedTree;

beforeEach(async () => {
  scratch = new Scratch();
  driver = await SimulatedDriver.open(join(scratch.root, 'simulated'), () => undefined);
  tree = new FlaggedTree(driver);
  await scratch.repo().init(scratch.location, author);
  for (const path of ['a', 'b', 'dir/a', 'dir/b']) scratch.write(path, path);
});
afterEach(() => scratch[Symbol.dispose]());

async function freeze(location: ShadowLocation = scratch.location): Promise<void> {
  await tree.apply('freeze', location.hostPath, watch());
  await scratch.repo().snapshot(location, { author, attrs: 'i' }, watch());
}

/** Clears the flag of one entry behind the back of all. */
async function thaw(directory: string, name: string): Promise<void> {
  const fd = await openDirectory(join(scratch.data, directory));
  await driver.write([{ fd, name }], 'mutable', new AbortController().signal);
}

type Found = Readonly<{ drifts: readonly string[]; summary: check.CheckSummary | undefined }>;

async function found(
  tier: CheckedRepo['tier'],
  { location = scratch.location, hostRoot = scratch.root, inner = [] }: Partial<CheckedRepo> = {},
): Promise<Found> {
  const items: check.CheckRepoResponse[] = [];
  const tell = async (item: check.CheckRepoResponse): Promise<void> => {
    await Promise.resolve();
    items.push(item);
  };
  const { signal } = new AbortController();
  const parts = { tree, shadow: scratch.repo(), signal, tell };
  await new Check(parts).run({ location, hostRoot, tier, inner });
  const drifts = items.flatMap(({ item }) =>
    item?.$case === 'drift'
      ? [[item.value.kind, item.value.path, item.value.detail].filter(Boolean).join(' ')]
      : [],
  );
  const last = items.at(-1)?.item;
  return { drifts, summary: last?.$case === 'summary' ? last.value : undefined };
}

it('tells nothing of what is as recorded', async () => {
  await freeze();
  expect(await found('frozen')).toEqual({
    drifts: [],
    summary: { tier: 'frozen', entries: 6, drifts: [] },
  });
  await tree.apply('unfreeze', scratch.data, watch());
  expect((await found('online')).drifts).toEqual([]);
});

it('tells lost flags, and what is new, gone or changed', async () => {
  await freeze();
  await thaw('dir', 'a');
  await thaw('dir', '.');
  scratch.write('dir/a', 'longer');
  rmSync(join(scratch.data, 'dir/b'));
  scratch.write('dir/odd\n\u202ename');
  const { drifts, summary } = await found('frozen');
  const odd = String.raw`dir/odd\n\u{202e}name`;
  expect([...drifts].sort()).toEqual(
    [
      'flag-lost dir',
      'flag-lost dir/a',
      `flag-lost ${odd}`,
      'changed dir/a',
      'gone dir/b',
      `new ${odd}`,
    ].sort(),
  );
  expect(summary?.drifts).toContainEqual({ kind: 'flag-lost', count: 3 });
});

it('tells stray flags of what is online', async () => {
  await freeze();
  expect((await found('online')).drifts.filter((line) => !line.startsWith('flag-left'))).toEqual(
    [],
  );
  expect((await found('online')).summary?.drifts).toEqual([{ kind: 'flag-left', count: 6 }]);
});

it('leaves the flags of other repos in it to their own checks', async () => {
  scratch.write('dir2/a');
  await freeze();
  const inner = ['dir', 'absent'].map((name) => join(scratch.data, name));
  const { drifts } = await found('online', { inner });
  const left = drifts.filter((line) => line.startsWith('flag-left')).sort();
  expect(left).toEqual(['.', 'a', 'b', 'dir2', 'dir2/a'].map((path) => `flag-left ${path}`));
});

it('tells that the top has changed', async () => {
  await scratch.snapshot();
  scratch.write('c');
  const { drifts } = await found('online');
  expect(drifts.filter((line) => line !== 'changed .')).toEqual(['new c']);
});

it('tells of a directory that is not there, once and not for each entry', async () => {
  await freeze();
  renameSync(scratch.data, `${scratch.data}-away`);
  const missing = `missing . ${scratch.data} does not exist`;
  expect(await found('frozen')).toMatchObject({ drifts: [missing], summary: { entries: 0 } });
  symlinkSync(`${scratch.data}-away`, scratch.data);
  expect((await found('frozen')).drifts).toEqual([
    `replaced . ${scratch.data} is a symlink to ${scratch.data}-away`,
  ]);
  rmSync(scratch.data);
  writeFileSync(scratch.data, '');
  expect((await found('frozen')).drifts).toEqual([`replaced . ${scratch.data} is no directory`]);
});

it('tells of a symlink on the way within the root, and looks behind it', async () => {
  const parent = join(scratch.root, 'lab');
  const hostPath = join(parent, 'data');
  mkdirSync(parent);
  renameSync(scratch.data, hostPath);
  const location = { ...scratch.location, hostPath };
  await scratch.repo().init(location, author);
  await freeze(location);
  renameSync(parent, `${parent}-away`);
  symlinkSync('lab-away', parent);
  expect(await found('frozen', { location })).toMatchObject({
    drifts: [`redirected . ${parent} is a symlink to lab-away`],
    summary: { entries: 6 },
  });
  expect((await found('frozen', { location, hostRoot: parent })).drifts).toEqual([]);
});
