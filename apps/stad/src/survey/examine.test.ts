// What a freeze finds before it begins, on real files that real processes use.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { link, mkdir, open, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FreezePolicy, OpenWriters, Step } from '@permafrost/workflow-core';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AttributeDriver } from '../tree/attribute-driver.ts';
import { FlaggedTree } from '../tree/immutable-tree.ts';
import {
  temporaryDirectory,
  whyNoMounts,
  type TemporaryDirectory,
} from '../tree/testing/real-files.ts';
import { TreeSurvey } from './tree-survey.ts';

const noMounts = await whyNoMounts();
const { failed: noPython } = await execa('python3', ['-c', ''], { reject: false });
const watch = { signal: new AbortController().signal, onStep: () => undefined };

/** Before a freeze nobody is asked for an attribute, and even less told to set one. */
const unused: AttributeDriver = {
  name: 'unused',
  read: () => Promise.reject(new Error('a driver was asked')),
  write: () => Promise.reject(new Error('a driver was told')),
};

let space: TemporaryDirectory;
let top: string;
let users: ChildProcess[];

beforeEach(async () => {
  space = await temporaryDirectory();
  top = join(space.path, 'tree');
  users = [];
  await mkdir(join(top, 'd'), { recursive: true });
  await writeFile(join(top, 'd/log'), 'one');
});

afterEach(async () => {
  for (const user of users) await end(user);
  await space[Symbol.asyncDispose]();
});

/** Starts a program that says something once it uses a file, and then waits for its end. */
async function use(program: string, ...args: string[]): Promise<ChildProcess> {
  const user = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  users.push(user);
  await once(user.stdout, 'data');
  return user;
}

function openIt(how: '<' | '>>', path: string): Promise<ChildProcess> {
  return use('sh', '-c', `exec 3${how}"$1"; echo; read line`, 'sh', path);
}

async function end(user: ChildProcess): Promise<void> {
  if (user.exitCode !== null || user.signalCode !== null) return;
  user.kill('SIGKILL');
  await once(user, 'exit');
}

function examine(policy: FreezePolicy = {}): Promise<OpenWriters | undefined> {
  return new FlaggedTree(unused).examine(top, policy, watch);
}

describe('a file that is open for writing', () => {
  it('stands in the way, and is named together with who has it open', async () => {
    const user = await openIt('>>', join(top, 'd/log'));
    await expect(examine()).rejects.toMatchObject({
      code: 'FILES_BUSY',
      retry: 'never',
      message: expect.stringContaining(
        `sh (process ${user.pid ?? 0}) has d/log open for writing`,
      ) as string,
    });
    expect(await examine({ ifBusy: 'force' })).toBeUndefined();
  });

  it('can be waited for', async () => {
    const user = await openIt('>>', join(top, 'd/log'));
    const writers = await examine({ ifBusy: 'wait' });
    expect(writers?.message).toContain('d/log');
    expect(await writers?.remain(watch.signal)).toBe(true);
    await end(user);
    expect(await writers?.remain(watch.signal)).toBe(false);
    expect(await examine({ ifBusy: 'wait' })).toBeUndefined();
  });

  it('is known by whatever path it was opened', async () => {
    await link(join(top, 'd/log'), join(top, 'other-name'));
    await symlink(top, join(space.path, 'way'));
    await openIt('>>', join(space.path, 'way/other-name'));
    await expect(examine()).rejects.toMatchObject({ code: 'FILES_BUSY' });
  });

  it.skipIf(noPython)('counts also when it is only mapped', async () => {
    // Python's own mmap keeps a descriptor.
    const code = `import ctypes, os, sys
file = os.open(sys.argv[1], os.O_RDWR)
mmap = ctypes.CDLL(None).mmap
mmap.restype = ctypes.c_void_p
mmap(None, ctypes.c_size_t(3), 3, 1, file, ctypes.c_long(0))
os.close(file)
print(flush=True)
sys.stdin.read()`;
    await use('python3', '-c', code, join(top, 'd/log'));
    await expect(examine()).rejects.toMatchObject({
      code: 'FILES_BUSY',
      message: expect.stringContaining('has d/log mapped for writing') as string,
    });
  });

  it('does not matter outside of the tree, and neither do readers', async () => {
    await writeFile(join(space.path, 'beside'), '');
    await openIt('>>', join(space.path, 'beside'));
    await openIt('<', join(top, 'd/log'));
    expect(await examine()).toBeUndefined();
  });
});

describe('a hard link', () => {
  it('that leaves the tree stands in the way', async () => {
    await link(join(top, 'd/log'), join(space.path, 'outside'));
    await expect(examine()).rejects.toMatchObject({
      code: 'FILES_LINKED_OUTSIDE',
      message: expect.stringContaining('d/log (1 of 2 names are elsewhere)') as string,
    });
    expect(await examine({ ifLinked: 'force' })).toBeUndefined();
  });

  it('within the tree is nobody else’s business', async () => {
    await link(join(top, 'd/log'), join(top, 'a'));
    await link(join(top, 'd/log'), join(top, 'd/b'));
    expect(await examine()).toBeUndefined();
  });
});

it('nothing is changed, and a cancelled look says so', async () => {
  const cancel = new AbortController();
  const tree = new FlaggedTree(unused);
  await tree.examine(top, {}, watch);
  cancel.abort();
  await expect(tree.examine(top, {}, { ...watch, signal: cancel.signal })).rejects.toMatchObject({
    code: 'FILES_CANCELLED',
  });
});

describe('a survey', () => {
  async function survey(mountPoints: readonly string[] = []): Promise<TreeSurvey> {
    const found = new TreeSurvey({ path: top, mountPoints: new Set(mountPoints) });
    await found.run({ ...watch, onStep: (step) => (last = step) });
    return found;
  }

  let last: Step | undefined;

  it('tells in the end how much there is', async () => {
    await symlink('log', join(top, 'd/link'));
    await survey();
    const figures = { entriesDone: 4, entriesTotal: 4, bytesDone: 3, bytesTotal: 3 };
    expect(last).toEqual({ ...figures, path: top });
  });

  it('counts, and names what people should know of', async () => {
    await writeFile(Buffer.concat([Buffer.from(`${top}/`), Buffer.from([0x61, 0xff])]), 'abc');
    await execa('mkfifo', [join(top, 'd/pipe')]);
    await symlink('log', join(top, 'd/link'));
    const found = await survey();
    expect(found.counts).toEqual({ dirs: 2, files: 2, links: 1, others: 1, mounts: 0, bytes: 6 });
    expect(found.special).toMatchObject({ count: 1, first: ['d/pipe'] });
    expect(found.undecodable).toMatchObject({ count: 1, first: ['a\\xff'] });
    expect(found.linkedOutside().count).toBe(0);
  });

  it.skipIf(noMounts)('enters no mount, not even of the same file system', async () => {
    const [inside, elsewhere] = [join(top, 'mounted'), join(space.path, 'elsewhere')];
    await mkdir(inside);
    await mkdir(elsewhere);
    await writeFile(join(elsewhere, 'file'), '');
    await execa('mount', ['--bind', elsewhere, inside]);
    const found = await survey([inside]);
    expect(found.counts).toMatchObject({ dirs: 2, files: 1, mounts: 1 });
    expect(found.mounts.first).toEqual(['mounted']);
  });

  it('has room for few examples and counts them all', async () => {
    for (let i = 0; i < 30; i++) await execa('mkfifo', [join(top, `pipe${i}`)]);
    const { special } = await survey();
    expect(special.count).toBe(30);
    expect(special.first.length).toBeLessThan(30);
  });
});

it('a file of this very process counts like any other', async () => {
  await using file = await open(join(top, 'd/log'), 'a');
  expect(file.fd).toBeGreaterThan(0);
  await expect(examine()).rejects.toMatchObject({ code: 'FILES_BUSY' });
});
