import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AttributeDriver, FlagState } from './attribute-driver.ts';
import { FlaggedTree } from './immutable-tree.ts';
import { REAL_DRIVERS, realDriver } from './testing/real-drivers.ts';
import {
  type TemporaryDirectory,
  temporaryDirectory,
  whyNoAttributes,
  whyNoMounts,
} from './testing/real-files.ts';
import { watchedDriver } from './testing/watched-driver.ts';

const noAttributes = await whyNoAttributes();
const noMounts = await whyNoMounts();

let space: TemporaryDirectory;
let top: string;
let driver: AttributeDriver;

beforeEach(async () => {
  space = await temporaryDirectory();
  top = join(space.path, 'top');
  await mkdir(join(top, 'a/deep'), { recursive: true });
  for (const file of ['1', 'a/1', 'a/deep/1', 'a/deep/2']) await writeFile(join(top, file), '');
  await symlink('1', join(top, 'link'));
});
afterEach(() => space[Symbol.asyncDispose]());

const watch = { signal: new AbortController().signal, onStep: (): void => undefined };

/** The paths of those that are not as wanted, in order. */
async function wrongWhen(wanted: FlagState): Promise<readonly string[]> {
  const wrong: string[] = [];
  const watched = watchedDriver(driver, { beforeWrite: (paths) => expect.fail(paths.join()) });
  const onWrong = async (paths: readonly string[]): Promise<void> => {
    await Promise.resolve();
    wrong.push(...paths.map((path) => path || '.'));
  };
  await new FlaggedTree(watched).look(top, { wanted, onWrong }, watch);
  return wrong.sort();
}

const chattr = (flag: '+i' | '-i', ...paths: readonly string[]): Promise<unknown> =>
  execa('chattr', [flag, ...paths], { cwd: top });

describe.skipIf(noAttributes).each(REAL_DRIVERS)(
  `a look by the driver %s${noAttributes ? ` (skipped: ${noAttributes})` : ''}`,
  (name) => {
    beforeAll(async () => {
      driver = await realDriver(name);
    });

    it('tells what has lost the flag, also below a directory that has lost it', async () => {
      await new FlaggedTree(driver).apply('freeze', top, watch);
      expect(await wrongWhen('immutable')).toEqual([]);
      await chattr('-i', 'a', 'a/deep/2', '.');
      expect(await wrongWhen('immutable')).toEqual(['.', 'a', 'a/deep/2']);
    });

    it('tells what has kept it', async () => {
      expect(await wrongWhen('mutable')).toEqual([]);
      await chattr('+i', 'a/deep/1', 'a');
      expect(await wrongWhen('mutable')).toEqual(['a', 'a/deep/1']);
    });

    it.skipIf(noMounts)('goes into what is mounted read-only', async () => {
      await chattr('+i', '1');
      await execa('mount', ['--bind', '-o', 'ro', top, top]);
      expect(await wrongWhen('mutable')).toEqual(['1']);
    });
  },
);
