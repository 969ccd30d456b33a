// Trees that are deeper than a process may have directories open, with paths longer than a system call
// takes.
import { closeSync, mkdirSync, openSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { TreeSurvey } from '../survey/tree-survey.ts';
import { Directory, visitBelow } from './directory.ts';
import { Pace } from './pace.ts';
import { author, Scratch, watch } from './scratch.ts';

const LEVELS = 300;
const NAME = 'a-directory-in-another';
/** More than are kept open, far fewer than there are levels. */
const FEW = 100;

let scratch: Scratch;

/** A file and a directory in each directory. Longer paths than PATH_MAX go step by step. */
beforeEach(() => {
  scratch = new Scratch();
  let fd = openSync(scratch.data, 'r');
  for (let level = 0; level < LEVELS; level++) {
    writeFileSync(`/proc/self/fd/${fd}/file`, 'x');
    mkdirSync(`/proc/self/fd/${fd}/${NAME}`);
    const below = openSync(`/proc/self/fd/${fd}/${NAME}`, 'r');
    closeSync(fd);
    fd = below;
  }
  closeSync(fd);
});

afterEach(() => scratch[Symbol.dispose]());

function openDescriptors(): number {
  return readdirSync('/proc/self/fd').length;
}

/** All directories of the tree, the top first. */
function openAll(): readonly Directory[] {
  const opened = [Directory.open(scratch.data)];
  for (let at = opened[0]; at; at = at.openChild(NAME)) if (at !== opened[0]) opened.push(at);
  return opened;
}

function closeAll(opened: readonly Directory[], { but = 0 } = {}): void {
  for (const directory of opened.slice(but).reverse()) directory[Symbol.dispose]();
}

it('few directories of a way down are open at a time, and each is itself again on the way back', () => {
  const before = openDescriptors();
  const opened = openAll();
  expect(opened).toHaveLength(LEVELS + 1);
  expect(openDescriptors() - before).toBeLessThan(FEW);
  for (const directory of [...opened].reverse()) {
    const inThere = readdirSync(directory.anchor);
    expect(inThere).toHaveLength(directory === opened.at(-1) ? 0 : 2);
    directory[Symbol.dispose]();
  }
  expect(openDescriptors()).toBe(before);
});

it('a directory that is another one on the way back is not taken for the same', () => {
  const opened = openAll();
  renameSync(join(scratch.data, NAME, NAME, NAME), join(scratch.root, 'elsewhere'));
  closeAll(opened, { but: 4 });
  expect(opened[3]?.lstat('file')?.kind).toBe('file');
  opened[3]?.[Symbol.dispose]();
  expect(() => opened[2]?.lstat('file')).toThrow(
    expect.objectContaining({ code: 'FILES_IO', retry: 'later' }),
  );
  closeAll(opened.slice(0, 3));
});

it('a walk, a survey and a snapshot go to the bottom with few open directories', async () => {
  const before = openDescriptors();
  let most = 0;
  const look = (): void => {
    most = Math.max(most, openDescriptors() - before);
  };
  using top = Directory.open(scratch.data);
  await visitBelow(top, new Pace(watch(), undefined), () => {
    look();
    return true;
  });
  const survey = new TreeSurvey({ path: scratch.data, mountPoints: new Set() });
  await survey.run(watch());
  expect(survey.counts).toMatchObject({ dirs: LEVELS + 1, files: LEVELS });

  const repo = scratch.repo();
  await repo.init(scratch.location, author);
  await repo.compare(scratch.location, look, watch());
  await scratch.snapshot();
  const bottom = `master-stat:${`${NAME}/`.repeat(LEVELS - 1)}`;
  expect(scratch.git('ls-tree', '--name-only', bottom)).toBe('.nogtree\nfile\n');
  expect(await scratch.snapshot()).toMatchObject({ changed: false });
  expect(most).toBeLessThan(FEW);
});
