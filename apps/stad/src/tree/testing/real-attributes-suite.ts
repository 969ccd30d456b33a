// What a driver must do that sets the attribute itself: on every file system that keeps it, and
// beside all other attributes.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AttributeDriver } from '../attribute-driver.ts';
import { DirectoryHandles, openDirectory } from '../directory-handles.ts';
import { FlaggedTree } from '../immutable-tree.ts';
import { FILE_SYSTEMS, mountNew, whyNotMounted } from './file-systems.ts';
import {
  entriesOf,
  isImmutable,
  type TemporaryDirectory,
  temporaryDirectory,
  whyNoAttributes,
} from './real-files.ts';

const noAttributes = await whyNoAttributes();
const fileSystems = await Promise.all(
  FILE_SYSTEMS.map(async (type) => ({ type, skipped: await whyNotMounted(type) })),
);
const titled = (title: string, skipped: string | undefined): string =>
  skipped === undefined ? title : `${title} (skipped: ${skipped})`;

export function realAttributesSuite(name: string, make: () => Promise<AttributeDriver>): void {
  describe(`real attributes: ${name}`, () => {
    let space: TemporaryDirectory;
    let top: string;
    let driver: AttributeDriver;
    const { signal } = new AbortController();
    const watch = { signal, onStep: (): void => undefined };

    beforeEach(async () => {
      space = await temporaryDirectory();
      top = join(space.path, 'top');
      await mkdir(top);
      driver = await make();
    });
    afterEach(() => space[Symbol.asyncDispose]());

    async function inTop<T>(work: (fd: number) => Promise<T>): Promise<T> {
      const fd = await openDirectory(top);
      const handles = new DirectoryHandles(fd, 0);
      try {
        return await work(fd);
      } finally {
        handles.close();
      }
    }

    it.skipIf(noAttributes)(titled('keeps the other attributes', noAttributes), async () => {
      const file = join(top, 'file');
      await writeFile(file, '');
      await execa('chattr', ['+AcdS', file]);
      const before = await execa('lsattr', ['-p', file]);
      await inTop(async (fd) => {
        await driver.write([{ fd, name: 'file' }], 'immutable', signal);
        expect((await execa('lsattr', [file])).stdout).toMatch(/^\S*i\S* /);
        await driver.write([{ fd, name: 'file' }], 'mutable', signal);
      });
      expect((await execa('lsattr', ['-p', file])).stdout).toBe(before.stdout);
    });

    for (const { type, skipped } of fileSystems) {
      it.skipIf(skipped)(titled(`freezes and thaws a tree on ${type}`, skipped), async () => {
        await mountNew(type, top, space.path);
        await mkdir(join(top, 'directory'));
        for (const file of ['1', 'directory/2']) await writeFile(join(top, file), '');
        const tree = new FlaggedTree(driver);
        const { dirs, files } = await tree.apply('freeze', top, watch);
        expect(entriesOf(top).filter(isImmutable)).toHaveLength(dirs + files);
        expect(await tree.apply('freeze', top, watch)).toMatchObject({ changed: 0 });
        expect(await tree.apply('unfreeze', top, watch)).toMatchObject({ changed: dirs + files });
        expect(entriesOf(top).filter(isImmutable)).toEqual([]);
      });
    }

    const noBtrfs = fileSystems.find(({ type }) => type === 'btrfs')?.skipped;
    it.skipIf(noBtrfs)(titled('enters no subvolume', noBtrfs), async () => {
      await mountNew('btrfs', top, space.path);
      const inner = join(top, 'subvolume');
      await execa('btrfs', ['subvolume', 'create', inner]);
      await writeFile(join(inner, 'file'), '');
      const tree = new FlaggedTree(driver);
      for (const direction of ['freeze', 'unfreeze'] as const) {
        expect(await tree.apply(direction, top, watch)).toMatchObject({ mounts: 1, changed: 1 });
        expect(entriesOf(inner).filter(isImmutable)).toEqual([]);
      }
    });

    const noTmpfs = fileSystems.find(({ type }) => type === 'tmpfs')?.skipped;
    it.skipIf(noTmpfs)(titled('says ENOTTY where there are no attributes', noTmpfs), async () => {
      await execa('mount', ['-t', 'ramfs', 'none', top]);
      await writeFile(join(top, 'file'), '');
      await inTop(async (fd) => {
        const entries = [{ fd, name: 'file' }];
        expect(await driver.read(entries, signal)).toEqual([{ errno: 'ENOTTY' }]);
      });
      await expect(new FlaggedTree(driver).apply('freeze', top, watch)).rejects.toMatchObject({
        code: 'FILES_NO_ATTRIBUTES',
      });
    });
  });
}
