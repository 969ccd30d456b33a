import { fstatSync, mkdirSync, openSync } from 'node:fs';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { entriesIn } from '@permafrost/workflow-core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type DirectoryOpener, DirectoryHandles, openDirectory } from './directory-handles.ts';
import { FailureList } from './failure-list.ts';
import type { Settle, Sweep } from './settle.ts';
import { temporaryDirectory, type TemporaryDirectory } from './testing/real-files.ts';
import { Walk, type WalkOrder } from './walk.ts';

let space: TemporaryDirectory;

beforeEach(async () => {
  space = await temporaryDirectory();
});

afterEach(() => space[Symbol.asyncDispose]());

const settle: Settle = (entries) => Promise.resolve(entries.map(() => 'unchanged'));

/** Meets the same in the only directory that it is asked for, in two goes. */
const sweep: Sweep = ([directory]) => {
  const rest = { directories: [], changed: 0, wrong: [], mounts: 0 };
  return Promise.resolve([
    directory?.isBegun === true
      ? { ...rest, isEnded: true, files: 1, links: 3, others: 0 }
      : { ...rest, isEnded: false, files: 2, links: 0, others: 1 },
  ]);
};

type Means = Readonly<{
  order: WalkOrder;
  sweep: Sweep | undefined;
  onSettled?: (more: number) => void;
}>;

function walkOver(
  handles: DirectoryHandles,
  { order, sweep, onSettled = () => undefined }: Means,
): Walk {
  return new Walk(handles, {
    order,
    settle,
    sweep,
    seeMounts: () => ({ in: () => [], quiet: undefined, [Symbol.dispose]: () => undefined }),
    lanes: 1,
    signal: new AbortController().signal,
    onSettled,
    doing: 'set',
    failureList: new FailureList(),
    onWrong: undefined,
  });
}

async function told(order: WalkOrder, sweep: Sweep | undefined): Promise<[number, number]> {
  let entries = 0;
  const handles = new DirectoryHandles(openSync(space.path, 'r'), 8);
  const onSettled = (more: number): unknown => (entries += more);
  const { summary } = await walkOver(handles, { order, sweep, onSettled }).run();
  handles.close();
  return [entries, entriesIn(summary)];
}

it.each(['directories-first', 'directories-last'] as const)(
  'tells of every entry that it meets, also where there is nothing to do, %s',
  async (order) => {
    await mkdir(join(space.path, 'd'));
    await writeFile(join(space.path, 'd/file'), '');
    for (const name of ['a', 'b', 'd/c']) await symlink('nowhere', join(space.path, name));
    expect(await told(order, undefined)).toEqual([6, 6]);
    expect(await told(order, sweep)).toEqual([8, 8]);
  },
);

it.each(['directories-first', 'directories-last'] as const)(
  'opens few of many directories more than once, %s',
  async (order) => {
    for (let count = 0; count < 1200; count++) mkdirSync(join(space.path, `${count}`));
    let opened = 0;
    const open: DirectoryOpener = async (parentFd, name) => {
      opened++;
      const fd = await openDirectory(`/proc/self/fd/${parentFd}/${name}`);
      return { fd, inode: fstatSync(fd, { bigint: true }).ino };
    };
    const handles = new DirectoryHandles(openSync(space.path, 'r'), 600, open);
    const { summary } = await walkOver(handles, { order, sweep: undefined }).run();
    handles.close();
    expect(summary.dirs).toBe(1201);
    // Those that were settled first, and wait until the last have been.
    expect(opened - 1200).toBeLessThanOrEqual(256);
  },
);
