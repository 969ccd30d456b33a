import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { examinationSubject, type examination } from '@permafrost/events';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Scratch } from '../shadow/scratch.ts';
import { NativeDriver } from '../tree/drivers/native.ts';
import { FlaggedTree } from '../tree/immutable-tree.ts';
import { examinationResponder } from './responder.ts';

const NOW_MS = 1_700_000_000_000;
const clock = { nowMs: () => NOW_MS, sleep: () => Promise.resolve() };

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(() => scratch[Symbol.dispose]());

async function answer({
  roots = [],
  directories = [],
  git = 'git',
}: {
  roots?: readonly string[];
  directories?: readonly string[];
  git?: string;
}): Promise<examination.Examination | undefined> {
  const { question, item } = examinationSubject;
  const tree = new FlaggedTree(await NativeDriver.open(), { roots });
  const shadow = scratch.repo({ git });
  const responder = examinationResponder({ tree, shadow, shadowRoot: scratch.shadowRoot, clock });
  const bytes = question.encode({ directories: [...directories] }).finish();
  const found: examination.Examination[] = [];
  for await (const part of responder.respond(bytes, new AbortController().signal))
    found.push(item.decode(part));
  return found[0];
}

it('tells what it works with', async () => {
  const found = await answer({});
  expect(found).toMatchObject({ nowMs: NOW_MS, driver: 'native', gitTrouble: '', directories: [] });
  expect(found?.gitVersion).toMatch(/^\d+\.\d+/);
  // It is not there yet.
  expect(found?.shadows).toMatchObject({ path: scratch.shadowRoot, isWritable: true });
  expect(found?.shadows?.freeBytes).toBeGreaterThan(0);
});

it('tells why git cannot be run', async () => {
  expect(await answer({ git: 'git-that-is-not-here' })).toMatchObject({
    gitVersion: '',
    gitTrouble: expect.stringContaining('the program cannot be run: ENOENT') as string,
  });
  const broken = scratch.program('echo it is ill >&2; exit 3');
  expect(await answer({ git: broken })).toMatchObject({
    gitTrouble: expect.stringMatching(/exit code 3: it is ill/) as string,
  });
});

it('tells of its own roots and of what it was asked whether trees can be frozen there', async () => {
  const link = join(scratch.root, 'link');
  symlinkSync(scratch.data, link);
  const found = await answer({
    roots: [scratch.data, '/proc', join(scratch.root, 'gone')],
    directories: [scratch.data, link, scratch.root],
  });
  const codes = found?.directories.map(({ path, trouble }) => [path, trouble?.code]);
  expect(codes).toEqual([
    [scratch.data, undefined],
    ['/proc', 'FILES_NO_ATTRIBUTES'],
    [join(scratch.root, 'gone'), 'FILES_MISSING'],
    [link, undefined],
    [scratch.root, 'FILES_OUTSIDE_ROOTS'],
  ]);
  expect(found?.directories[0]?.fileSystem).not.toBe('');
  expect(found?.directories[1]).toMatchObject({
    fileSystem: 'proc',
    trouble: { message: '/proc is on proc, which does not keep the immutable attribute' },
  });
});
