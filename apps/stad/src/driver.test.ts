import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type TemporaryDirectory,
  temporaryDirectory,
  whyNoAttributes,
} from './tree/testing/real-files.ts';

const noAttributes = await whyNoAttributes();
const script = (name: string): string =>
  fileURLToPath(new URL(`tree/testing/${name}.ts`, import.meta.url));

describe.skipIf(noAttributes)('openDriver', () => {
  let space: TemporaryDirectory;
  let top: string;

  beforeEach(async () => {
    space = await temporaryDirectory();
    top = join(space.path, 'top');
    await mkdir(top);
    await writeFile(join(top, 'file'), '');
  });
  afterEach(() => space[Symbol.asyncDispose]());

  async function freezeAndThaw(driver: string, options: readonly string[] = []): Promise<unknown> {
    const command = [...options, script('freeze-and-thaw'), driver, top];
    const { stdout } = await execa(process.execPath, command);
    return JSON.parse(stdout);
  }

  it.each([
    ['chattr', 'ChattrDriver', []],
    ['native', 'NativeDriver', []],
    ['auto', 'NativeDriver', ['driver chosen']],
  ])('opens %s, and tells when it had a choice', async (driver, kind, told) => {
    expect(await freezeAndThaw(driver)).toEqual({ kind, told, changed: [2, 2] });
  });

  const lsattr = 'files are looked at by lsattr';
  it.each([
    ['chattr', [lsattr]],
    ['auto', ['driver chosen', lsattr]],
  ])('does with programs only, and says so, where %s cannot make calls', async (driver, told) => {
    const without = ['--import', script('without-system-calls')];
    expect(await freezeAndThaw(driver, without)).toEqual({
      kind: 'ProgramsDriver',
      told,
      changed: [2, 2],
    });
  });
});
