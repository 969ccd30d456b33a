import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DirectoryHandles, openDirectory } from '../directory-handles.ts';
import { attributeDriverSuite } from '../testing/attribute-driver-suite.ts';
import { realAttributesSuite } from '../testing/real-attributes-suite.ts';
import {
  type TemporaryDirectory,
  temporaryDirectory,
  whyNoAttributes,
} from '../testing/real-files.ts';
import { ChattrDriver } from './chattr.ts';

const noAttributes = await whyNoAttributes();
const driver = await ChattrDriver.open();

attributeDriverSuite('chattr', () => Promise.resolve(driver), noAttributes);
realAttributesSuite('chattr', () => Promise.resolve(driver));

describe('ChattrDriver', () => {
  let space: TemporaryDirectory;

  beforeEach(async () => {
    space = await temporaryDirectory();
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await space[Symbol.asyncDispose]();
  });

  it('says that chattr is missing, and works again when it is there', async () => {
    const fd = await openDirectory(space.path);
    const handles = new DirectoryHandles(fd, 0);
    const { signal } = new AbortController();
    const thaw = () => driver.write([{ fd, name: '.' }], 'mutable', signal);
    try {
      vi.stubEnv('PATH', join(space.path, 'nothing'));
      await expect(thaw()).rejects.toMatchObject({ name: 'FilesFault', code: 'FILES_NO_PROGRAM' });
      vi.unstubAllEnvs();
      expect(await thaw()).toEqual(['mutable']);
    } finally {
      handles.close();
    }
  });
});
