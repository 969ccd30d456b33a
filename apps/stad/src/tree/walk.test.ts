import { openSync } from 'node:fs';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { entriesIn } from '@permafrost/workflow-core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { DirectoryHandles } from './directory-handles.ts';
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

async function told(order: WalkOrder, sweep: Sweep | undefined): Promise<[number, number]> {
  let entries = 0;
  const handles = new DirectoryHandles(openSync(space.path, 'r'), 8);
  const walk = new Walk(handles, {
    order,
    settle,
    sweep,
    mountPointsIn: () => [],
    lanes: 1,
    signal: new AbortController().signal,
    onSettled: (more) => (entries += more),
    doing: 'set',
    failureList: new FailureList(),
    onWrong: undefined,
  });
  const { summary } = await walk.run();
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
