import { lstatSync, mkdirSync, renameSync } from 'node:fs';
import { link, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { Direction, FilesFault, Step, TreeSummary } from '@permafrost/workflow-core';
import { execa, execaSync } from 'execa';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AttributeDriver } from './attribute-driver.ts';
import { SimulatedDriver } from './drivers/simulated.ts';
import { FlaggedTree, type FlaggedTreeOptions } from './immutable-tree.ts';
import { byteName, bytesOf } from './names.ts';
import { ODD_NAMES } from './testing/attribute-driver-suite.ts';
import {
  entriesOf,
  isImmutable,
  type TemporaryDirectory,
  temporaryDirectory,
  whyNoAttributes,
  whyNoMounts,
} from './testing/real-files.ts';
import { REAL_DRIVERS, realDriver } from './testing/real-drivers.ts';
import { watchedDriver } from './testing/watched-driver.ts';

const noAttributes = await whyNoAttributes();
const noMounts = await whyNoMounts();
const titled = (title: string, skipped: string | undefined): string =>
  skipped === undefined ? title : `${title} (skipped: ${skipped})`;

let space: TemporaryDirectory;
let top: string;
/** The driver whose turn it is. */
let real: AttributeDriver;

beforeEach(async () => {
  space = await temporaryDirectory();
  top = join(space.path, 'top');
  await mkdir(top);
});
afterEach(() => space[Symbol.asyncDispose]());

/** Two levels: the files 1, 2 in the top and in each of a, b, a/deep, and odd names in odd. */
async function plant(): Promise<void> {
  for (const directory of ['', 'a', 'b', 'a/deep', 'empty', 'odd'])
    await mkdir(join(top, directory), { recursive: true });
  for (const file of ['1', '2', 'a/1', 'a/2', 'b/1', 'b/2', 'a/deep/1', 'a/deep/2'])
    await writeFile(join(top, file), file);
  for (const odd of ODD_NAMES)
    await writeFile(Buffer.concat([Buffer.from(`${top}/odd/`), bytesOf(odd)]), '');
}
const PLANTED = { dirs: 6, files: 8 + ODD_NAMES.length };

type Applied = FlaggedTreeOptions & { driver?: AttributeDriver; signal?: AbortSignal };

function apply(
  direction: Direction,
  path: string = top,
  { driver = real, signal = new AbortController().signal, ...options }: Applied = {},
): Promise<TreeSummary> {
  const watch = { signal, onStep: (): void => undefined };
  return new FlaggedTree(driver, options).apply(direction, path, watch);
}

const frozenCount = (): number => entriesOf(top).filter(isImmutable).length;

const faultWith = (code: string, message: RegExp = /./): unknown =>
  expect.objectContaining({
    name: 'FilesFault',
    code,
    message: expect.stringMatching(message) as string,
  }) as FilesFault;

describe.skipIf(noAttributes).each(REAL_DRIVERS)(
  titled('FlaggedTree on real attributes, by %s', noAttributes),
  (name) => {
    beforeAll(async () => {
      real = await realDriver(name);
    });

    it('freezes every file and directory, and thaws them again', async () => {
      await plant();
      const total = PLANTED.dirs + PLANTED.files;
      expect(await apply('freeze')).toEqual({
        ...PLANTED,
        links: 0,
        others: 0,
        mounts: 0,
        changed: total,
      });
      expect(frozenCount()).toBe(total);
      await expect(writeFile(join(top, 'a/1'), '')).rejects.toThrow('EPERM');
      await expect(rename(join(top, 'a'), join(top, 'c'))).rejects.toThrow('EPERM');
      expect(await apply('unfreeze')).toMatchObject({ ...PLANTED, changed: total });
      expect(frozenCount()).toBe(0);
    });

    it('reads what is right already and does not write it', async () => {
      await plant();
      await apply('freeze');
      const times = entriesOf(top).map((path) => lstatSync(path, { bigint: true }).ctimeNs);
      expect(await apply('freeze')).toMatchObject({ ...PLANTED, changed: 0 });
      expect(entriesOf(top).map((path) => lstatSync(path, { bigint: true }).ctimeNs)).toEqual(
        times,
      );
      await apply('unfreeze');
      expect(await apply('unfreeze')).toMatchObject({ ...PLANTED, changed: 0 });
    });

    it('counts symlinks and special files, and touches neither them nor what they lead to', async () => {
      await plant();
      const outside = join(space.path, 'outside');
      await mkdir(outside);
      await writeFile(join(outside, 'file'), '');
      await symlink(outside, join(top, 'a/to-directory'));
      await symlink(join(outside, 'file'), join(top, 'a/to-file'));
      await execa('mkfifo', [join(top, 'b/fifo')]);
      expect(await apply('freeze')).toMatchObject({ ...PLANTED, links: 2, others: 1 });
      expect(entriesOf(outside).filter(isImmutable)).toEqual([]);
      expect(await apply('unfreeze')).toMatchObject({ ...PLANTED, links: 2, others: 1 });
    });

    it('freezes a hard link, and with it all names of the file', async () => {
      await writeFile(join(space.path, 'file'), '');
      await link(join(space.path, 'file'), join(top, 'link'));
      await apply('freeze');
      expect(isImmutable(join(space.path, 'file'))).toBe(true);
      await apply('unfreeze');
      expect(isImmutable(join(space.path, 'file'))).toBe(false);
    });

    it('flags a directory before it lists it, and clears it after all below it', async () => {
      await plant();
      const driver = watchedDriver(real, {
        beforeRead: (paths) => {
          for (const path of paths)
            for (let up = path; up !== top;) {
              up = dirname(up);
              expect(isImmutable(bytesOf(up)), `${relative(top, path)} pinned by ${up}`).toBe(true);
            }
        },
        beforeWrite: (paths, wanted) => {
          if (wanted === 'immutable') return;
          for (const path of paths) {
            const frozen = entriesOf(bytesOf(path)).filter(isImmutable);
            expect(frozen.map(byteName)).toEqual([path]);
          }
        },
      });
      await apply('freeze', top, { driver });
      await apply('unfreeze', top, { driver });
    });

    it('goes through deep and wide trees with few open directories', async () => {
      const deep = Array.from({ length: 10 }, (_, level) => `d${level}`);
      await mkdir(join(top, ...deep), { recursive: true });
      await writeFile(join(top, ...deep, 'bottom'), '');
      for (let index = 0; index < 300; index++) await mkdir(join(top, 'd0', `w${index}`));
      const total = { dirs: 311, files: 1, changed: 312 };
      const few = { idleDirectoriesMax: 1, lanes: 1 };
      expect(await apply('freeze', top, few)).toMatchObject(total);
      expect(frozenCount()).toBe(312);
      expect(await apply('unfreeze', top, few)).toMatchObject(total);
      expect(frozenCount()).toBe(0);
    }, 60_000);

    it('goes on where it was cancelled, and has really ended then', async () => {
      await plant();
      for (const direction of ['freeze', 'unfreeze'] as const) {
        const controller = new AbortController();
        let writes = 0;
        const driver = watchedDriver(real, {
          beforeWrite: () => {
            if (++writes === 3) controller.abort();
          },
        });
        const { signal } = controller;
        const cancelled = apply(direction, top, { driver, signal, lanes: 2 });
        await expect(cancelled).rejects.toEqual(faultWith('FILES_CANCELLED'));
        const children = await execa('pgrep', ['-P', `${process.pid}`, 'xargs'], { reject: false });
        expect(children.stdout).toBe('');
        const right =
          direction === 'freeze' ? frozenCount() : entriesOf(top).length - frozenCount();
        expect(right).toBeGreaterThan(0);
        const { changed } = await apply(direction);
        expect(right + changed).toBe(PLANTED.dirs + PLANTED.files);
      }
    });

    it('does nothing when it was cancelled before', async () => {
      await plant();
      const freeze = apply('freeze', top, { signal: AbortSignal.abort() });
      await expect(freeze).rejects.toEqual(faultWith('FILES_CANCELLED'));
      expect(frozenCount()).toBe(0);
    });

    it('fails with the paths when the flag of an entry is gone at the verification', async () => {
      await plant();
      const driver = watchedDriver(real, {
        insteadOfWrite: (path) => (path.endsWith('deep/2') ? 'immutable' : undefined),
      });
      await expect(apply('freeze', top, { driver })).rejects.toEqual(
        faultWith('FILES_NOT_FROZEN', /1 × mutable.*: a\/deep\/2$/),
      );
    });

    it('fails when another directory is at the path by the end', async () => {
      await plant();
      let isFirst = true;
      const driver = watchedDriver(real, {
        beforeRead: () => {
          if (!isFirst) return;
          isFirst = false;
          renameSync(top, `${top}-aside`);
          mkdirSync(top);
        },
      });
      await expect(apply('freeze', top, { driver })).rejects.toEqual(
        faultWith('FILES_NOT_FROZEN', /: \.$/),
      );
      expect(isImmutable(`${top}-aside`)).toBe(true);
    });

    it('tells of every entry that failed, and does all others', async () => {
      await plant();
      const driver = watchedDriver(real, {
        insteadOfWrite: (path) => (/b\/\d$/.test(path) ? { errno: 'EIO' } : undefined),
      });
      await expect(apply('freeze', top, { driver })).rejects.toEqual(
        faultWith('FILES_IO', /2 entries failed: 2 × EIO.*: b\/[12], b\/[12]$/),
      );
      expect(frozenCount()).toBe(PLANTED.dirs + PLANTED.files - 2);
      await apply('freeze');
      await expect(apply('unfreeze', top, { driver })).rejects.toEqual(
        faultWith('FILES_IO', /2 × EIO/),
      );
      // What is above a failed entry waits for it.
      const left = entriesOf(top).filter(isImmutable).map(String);
      expect(left.map((path) => relative(top, path)).sort()).toEqual(['', 'b', 'b/1', 'b/2']);
    });

    it('stops at the first batch when nothing can be changed at all', async () => {
      await plant();
      let writes = 0;
      const driver = watchedDriver(real, {
        beforeWrite: () => {
          writes++;
        },
        insteadOfWrite: () => ({ errno: 'EPERM' }),
      });
      await expect(apply('freeze', top, { driver })).rejects.toEqual(
        faultWith('FILES_NO_PRIVILEGE', /1 entry failed: 1 × EPERM.*: \.$/),
      );
      expect(writes).toBe(1);
    });

    it('is led to no other tree by a symlink below the root, and to its own by one above', async () => {
      top = join(space.path, 'theirs/repo');
      await mkdir(top, { recursive: true });
      await plant();
      const root = join(space.path, 'root');
      await symlink('.', root);
      await symlink('theirs', join(space.path, 'mine'));
      const options = { hostRootOf: () => Promise.resolve(root) };
      await apply('freeze', join(root, 'theirs/repo'), options);
      for (const direction of ['unfreeze', 'freeze'] as const)
        await expect(apply(direction, join(root, 'mine/repo'), options)).rejects.toEqual(
          faultWith(
            'FILES_OUTSIDE_ROOTS',
            /mine\/repo: a symlink below the root leads to \S+\/theirs\/repo$/,
          ),
        );
      expect(frozenCount()).toBe(PLANTED.dirs + PLANTED.files);
      await apply('unfreeze', join(root, 'theirs/repo'), options);
      expect(frozenCount()).toBe(0);
    });

    it('lists what failed until a run has succeeded', async () => {
      await plant();
      const file = join(space.path, 'failures.jsonl');
      const failureFileOf = (): string => file;
      const driver = watchedDriver(real, {
        insteadOfWrite: (path) => (/b\/\d$/.test(path) ? { errno: 'EPERM' } : undefined),
      });
      const listed = async (): Promise<unknown[]> =>
        (await readFile(file, 'utf8')).split('\n').filter(Boolean).sort();
      const lines = (doing: string): string[] =>
        ['b/1', 'b/2'].map((path) => JSON.stringify({ path, errno: 'EPERM', doing }));
      await expect(apply('freeze', top, { driver, failureFileOf })).rejects.toEqual(
        faultWith('FILES_NO_PRIVILEGE', /2 × EPERM.*; all in .*\/failures\.jsonl: /),
      );
      expect(await listed()).toEqual(lines('set'));
      // Also where all that could be done has been done before.
      await expect(apply('freeze', top, { driver, failureFileOf })).rejects.toEqual(
        faultWith('FILES_NO_PRIVILEGE', /2 × EPERM/),
      );
      await apply('freeze');
      await expect(apply('unfreeze', top, { driver, failureFileOf })).rejects.toEqual(
        faultWith('FILES_NO_PRIVILEGE', /2 × EPERM/),
      );
      expect(await listed()).toEqual(lines('clear'));
      await apply('unfreeze', top, { failureFileOf });
      await expect(readFile(file)).rejects.toThrow('ENOENT');
    });

    it('gives up where a hundred entries have failed and not one is right', async () => {
      for (let directory = 0; directory < 20; directory++) {
        await mkdir(join(top, `${directory}`));
        for (let index = 0; index < 20; index++)
          await writeFile(join(top, `${directory}/${index}`), '');
      }
      await apply('freeze');
      const driver = watchedDriver(real, { insteadOfWrite: () => ({ errno: 'EPERM' }) });
      await expect(apply('unfreeze', top, { driver, lanes: 1 })).rejects.toEqual(
        faultWith('FILES_NO_PRIVILEGE', /: at least [1-4]\d\d entries failed: /),
      );
    });

    it('takes an entry that disappears before its turn for thawed', async () => {
      await plant();
      const driver = watchedDriver(real, {
        insteadOfWrite: (path) => (path.endsWith('b/1') ? { errno: 'ENOENT' } : undefined),
      });
      await apply('freeze');
      expect(await apply('unfreeze', top, { driver })).toMatchObject({ ...PLANTED });
      expect(isImmutable(top)).toBe(false);
    });

    it('tells where it is, and how much there is as soon as it knows', async () => {
      await plant();
      await symlink('1', join(top, 'a/link'));
      const steps: Step[] = [];
      const watch = {
        signal: new AbortController().signal,
        onStep: (step: Step) => void steps.push(step),
      };
      await new FlaggedTree(real).apply('freeze', top, watch);
      const entries = PLANTED.dirs + PLANTED.files + 1;
      const all = { entriesDone: entries, entriesTotal: entries, bytesDone: 0, path: top };
      expect(steps[0]).toEqual({ entriesDone: 1, bytesDone: 0, path: top });
      expect(steps.filter(({ isVerifying }) => !isVerifying).at(-1)).toEqual(all);
      const verified = steps.filter(({ isVerifying }) => isVerifying);
      expect(verified[0]).toMatchObject({ entriesDone: 1, entriesTotal: entries });
      expect(verified.at(-1)).toEqual({ ...all, isVerifying: true });
    });
  },
);

describe.skipIf(noAttributes ?? noMounts).each(REAL_DRIVERS)(
  titled('FlaggedTree and mounts, by %s', noAttributes ?? noMounts),
  (name) => {
    beforeAll(async () => {
      real = await realDriver(name);
    });

    const mount = (...args: string[]): Promise<unknown> => execa('mount', args);

    it('enters no other file system, no bind mount, and no mounted file', async () => {
      await plant();
      const outside = join(space.path, 'outside');
      await mkdir(outside);
      await writeFile(join(outside, 'file'), '');
      await mount('-t', 'tmpfs', 'none', join(top, 'empty'));
      await writeFile(join(top, 'empty/file'), '');
      await mount('--bind', outside, join(top, 'a/deep'));
      await mount('--bind', join(outside, 'file'), join(top, 'b/1'));
      const seen = { dirs: 4, files: PLANTED.files - 3, mounts: 3 };
      expect(await apply('freeze')).toMatchObject(seen);
      expect(entriesOf(outside).filter(isImmutable)).toEqual([]);
      expect(entriesOf(join(top, 'empty')).filter(isImmutable)).toEqual([]);
      expect(await apply('unfreeze')).toMatchObject(seen);
    });

    it('changes no file that is mounted in it while it is frozen', async () => {
      await plant();
      const outside = join(space.path, 'outside');
      await writeFile(outside, '');
      const driver = watchedDriver(real, {
        beforeWrite: ([path]) => {
          if (path === top) execaSync('mount', ['--bind', outside, join(top, 'b/1')]);
        },
      });
      const seen = { dirs: PLANTED.dirs, files: PLANTED.files - 1, mounts: 1 };
      expect(await apply('freeze', top, { driver })).toMatchObject(seen);
      expect(isImmutable(outside)).toBe(false);
    });

    it('knows a mounted file also after it has been moved', async () => {
      await plant();
      const outside = join(space.path, 'outside');
      await writeFile(outside, '');
      await mount('--bind', outside, join(top, 'b/1'));
      const driver = watchedDriver(real, {
        beforeWrite: ([path]) => {
          if (path === top) renameSync(top, `${top}-moved`);
        },
      });
      await expect(apply('freeze', top, { driver })).rejects.toEqual(faultWith('FILES_MISSING'));
      expect(isImmutable(`${top}-moved/b/2`)).toBe(true);
      expect(isImmutable(outside)).toBe(false);
    });

    it('refuses a read-only mount before it changes anything', async () => {
      await plant();
      await mount('--bind', '-o', 'ro', top, top);
      await expect(apply('freeze')).rejects.toEqual(faultWith('FILES_READ_ONLY'));
      await execa('umount', [top]);
      expect(frozenCount()).toBe(0);
    });

    it('refuses a file system that does not keep the attribute', async () => {
      await mount('-t', 'ramfs', 'none', top);
      await plant();
      await expect(apply('freeze')).rejects.toEqual(faultWith('FILES_NO_ATTRIBUTES'));
    });
  },
);

describe('FlaggedTree, before it touches anything', () => {
  const simulated = (): Promise<AttributeDriver> =>
    SimulatedDriver.open(join(space.path, 'state'), () => undefined);

  it.each([
    ['nothing there', 'absent'],
    ['a file', 'top/1'],
    ['a symlink to a directory', 'link'],
    ['a symlink with a slash behind it', 'link/'],
    ['a symlink with a dot behind it', 'link/.'],
    ['a path with a NUL', 'top\0'],
    ['a name that is too long', 'x'.repeat(300)],
  ])('refuses %s', async (_, path) => {
    await plant();
    await symlink(top, join(space.path, 'link'));
    const driver = await simulated();
    await expect(apply('freeze', `${space.path}/${path}`, { driver })).rejects.toEqual(
      faultWith('FILES_MISSING'),
    );
    await expect(apply('freeze', path, { driver })).rejects.toEqual(faultWith('FILES_MISSING'));
  });

  it('refuses what really lies outside of its roots', async () => {
    await plant();
    const driver = await simulated();
    const roots = [join(space.path, 'absent'), join(top, 'a')];
    await symlink(top, join(top, 'a/escape'));
    for (const path of ['', 'b', 'a/../b', 'a/escape/b'])
      await expect(apply('freeze', join(top, path), { driver, roots })).rejects.toEqual(
        faultWith('FILES_OUTSIDE_ROOTS'),
      );
    await expect(apply('freeze', `${top}/a/escape/b`, { driver, roots })).rejects.toEqual(
      faultWith('FILES_OUTSIDE_ROOTS'),
    );
    expect(await apply('freeze', join(top, 'a/deep'), { driver, roots })).toMatchObject({
      dirs: 1,
    });
    expect(await apply('freeze', join(top, 'a'), { driver, roots })).toMatchObject({ dirs: 2 });
  });

  it('works with the simulated driver as with a real one', async () => {
    await plant();
    const total = PLANTED.dirs + PLANTED.files;
    expect(await apply('freeze', top, { driver: await simulated() })).toMatchObject({
      ...PLANTED,
      changed: total,
    });
    expect(await apply('freeze', top, { driver: await simulated() })).toMatchObject({ changed: 0 });
    await rm(join(top, 'b/1'));
    expect(await apply('unfreeze', top, { driver: await simulated() })).toMatchObject({
      changed: total - 1,
    });
  });
});
