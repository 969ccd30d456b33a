import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FilesFault } from '@permafrost/workflow-core';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DirectoryHandles, openDirectory } from '../directory-handles.ts';
import { attributeDriverSuite } from '../testing/attribute-driver-suite.ts';
import {
  type TemporaryDirectory,
  temporaryDirectory,
  whyNoAttributes,
  whyNoMounts,
} from '../testing/real-files.ts';
import { ChattrDriver } from './chattr.ts';

const noAttributes = await whyNoAttributes();
const noMounts = await whyNoMounts();

attributeDriverSuite('chattr', () => Promise.resolve(new ChattrDriver()), noAttributes);

describe('ChattrDriver', () => {
  let space: TemporaryDirectory;
  const { signal } = new AbortController();
  const driver = new ChattrDriver();

  beforeEach(async () => {
    space = await temporaryDirectory();
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await space[Symbol.asyncDispose]();
  });

  async function inDirectory<T>(path: string, work: (fd: number) => Promise<T>): Promise<T> {
    const fd = await openDirectory(path);
    const handles = new DirectoryHandles(fd, 0);
    try {
      return await work(fd);
    } finally {
      await handles.close();
    }
  }

  it.skipIf(noAttributes)('keeps the other attributes', async () => {
    const file = join(space.path, 'file');
    await writeFile(file, '');
    await execa('chattr', ['+dA', file]);
    const before = await execa('lsattr', [file]);
    await inDirectory(space.path, async (fd) => {
      await driver.write([{ fd, name: 'file' }], 'immutable', signal);
      await driver.write([{ fd, name: 'file' }], 'mutable', signal);
    });
    expect((await execa('lsattr', [file])).stdout).toBe(before.stdout);
  });

  it.skipIf(noMounts)('says ENOTTY where the file system has no attributes', async () => {
    const mount = join(space.path, 'ramfs');
    await mkdir(mount);
    await execa('mount', ['-t', 'ramfs', 'none', mount]);
    await writeFile(join(mount, 'file'), '');
    await inDirectory(mount, async (fd) => {
      expect(await driver.read([{ fd, name: 'file' }], signal)).toEqual([{ errno: 'ENOTTY' }]);
    });
  });

  it('says that a program is missing', async () => {
    vi.stubEnv('PATH', join(space.path, 'nothing'));
    const read = inDirectory(space.path, (fd) => driver.read([{ fd, name: '.' }], signal));
    await expect(read).rejects.toSatisfy(
      (error) => error instanceof FilesFault && error.code === 'FILES_NO_PROGRAM',
    );
  });

  it('says so too when only chattr is missing', async () => {
    const bin = join(space.path, 'bin');
    await mkdir(bin);
    const { stdout: xargs } = await execa('which', ['xargs']);
    await execa('ln', ['-s', xargs, join(bin, 'xargs')]);
    vi.stubEnv('PATH', bin);
    const read = inDirectory(space.path, (fd) => driver.read([{ fd, name: '.' }], signal));
    await expect(read).rejects.toSatisfy(
      (error) => error instanceof FilesFault && error.code === 'FILES_NO_PROGRAM',
    );
  });
});
