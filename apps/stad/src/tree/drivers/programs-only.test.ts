import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { FilesFault } from '@permafrost/workflow-core';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DirectoryHandles, openDirectory } from '../directory-handles.ts';
import { attributeDriverSuite } from '../testing/attribute-driver-suite.ts';
import { realAttributesSuite } from '../testing/real-attributes-suite.ts';
import {
  type TemporaryDirectory,
  temporaryDirectory,
  whyNoAttributes,
} from '../testing/real-files.ts';
import { ProgramsDriver } from './programs-only.ts';

const noAttributes = await whyNoAttributes();

attributeDriverSuite('programs only', () => Promise.resolve(new ProgramsDriver()), noAttributes);
realAttributesSuite('programs only', () => Promise.resolve(new ProgramsDriver()));

describe('ProgramsDriver', () => {
  let space: TemporaryDirectory;
  const { signal } = new AbortController();
  const driver = new ProgramsDriver();

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
      handles.close();
    }
  }

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
