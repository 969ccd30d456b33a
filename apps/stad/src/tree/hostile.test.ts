// The tree among people: without privileges, killed in the middle, and under attack.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AttributeDriver } from './attribute-driver.ts';
import { FlaggedTree } from './immutable-tree.ts';
import {
  entriesOf,
  isImmutable,
  type TemporaryDirectory,
  temporaryDirectory,
  whyNoAttributes,
  whyNoSetpriv,
} from './testing/real-files.ts';
import { ALL_REAL_DRIVERS, realDriver } from './testing/real-drivers.ts';

const noAttributes = await whyNoAttributes();
const noSetpriv = noAttributes ?? (await whyNoSetpriv());
const titled = (title: string, skipped: string | undefined): string =>
  skipped === undefined ? title : `${title} (skipped: ${skipped})`;

const script = (name: string): string =>
  fileURLToPath(new URL(`testing/${name}.ts`, import.meta.url));
const watch = { signal: new AbortController().signal, onStep: (): void => undefined };

let space: TemporaryDirectory;
let top: string;

beforeEach(async () => {
  space = await temporaryDirectory();
  top = join(space.path, 'top');
  await mkdir(top);
});
afterEach(() => space[Symbol.asyncDispose]());

async function plant(directories: number, files: number): Promise<void> {
  for (let directory = 0; directory < directories; directory++) {
    await mkdir(join(top, `d${directory}`));
    for (let file = 0; file < files; file++)
      await writeFile(join(top, `d${directory}`, `${file}`), '');
  }
}

describe.skipIf(noSetpriv).each(ALL_REAL_DRIVERS)(
  titled('stad without root, by %s', noSetpriv),
  (name) => {
    const NOBODY = '65534';
    const CAPABILITIES = '+linux_immutable,+fowner,+dac_read_search';

    async function applyAs(options: readonly string[], direction: string): Promise<unknown> {
      const apply = [process.execPath, script('apply-once'), name, direction, top];
      const { stdout } = await execa('setpriv', [...options, '--', ...apply]);
      return JSON.parse(stdout);
    }

    it('needs three capabilities and no more, for files of anybody', async () => {
      await plant(2, 3);
      await chown(join(top, 'd0'), 1234, 1234);
      await chmod(join(top, 'd0'), 0o700);
      await chmod(join(top, 'd0/0'), 0o000);
      const ordinary = ['--reuid', NOBODY, '--regid', NOBODY, '--clear-groups'];
      const capable = [...ordinary, '--inh-caps', CAPABILITIES, '--ambient-caps', CAPABILITIES];
      expect(await applyAs(capable, 'freeze')).toMatchObject({ dirs: 3, files: 6, changed: 9 });
      expect(entriesOf(top).filter(isImmutable)).toHaveLength(9);
      expect(await applyAs(capable, 'unfreeze')).toMatchObject({ changed: 9 });
    });

    it('changes nothing without them, and says what is missing', async () => {
      await plant(2, 3);
      const incapable = ['--bounding-set', '-linux_immutable'];
      for (const direction of ['freeze', 'unfreeze'] as const) {
        expect(await applyAs(incapable, direction)).toMatchObject({
          code: 'FILES_NO_PRIVILEGE',
          message: expect.stringContaining('CAP_LINUX_IMMUTABLE') as string,
        });
        expect(entriesOf(top).filter(isImmutable)).toHaveLength(direction === 'freeze' ? 0 : 9);
        await new FlaggedTree(await realDriver(name)).apply('freeze', top, watch);
      }
    });
  },
);

describe.skipIf(noAttributes).each(ALL_REAL_DRIVERS)(
  titled('a tree under attack, by %s', noAttributes),
  (name) => {
    let driver: AttributeDriver;
    beforeAll(async () => {
      driver = await realDriver(name);
    });

    it('is finished by the next run when stad is killed in the middle', async () => {
      await plant(20, 50);
      const total = 1021;
      for (const direction of ['freeze', 'unfreeze'] as const) {
        const stad = spawn(process.execPath, [script('apply-once'), name, direction, top]);
        const begun = direction === 'freeze' ? isImmutable : (path: string) => !isImmutable(path);
        while (!begun(direction === 'freeze' ? top : join(top, 'd0/0')) && stad.exitCode === null)
          await new Promise((resolve) => setTimeout(resolve, 1));
        stad.kill('SIGKILL');
        await once(stad, 'exit');
        const tree = new FlaggedTree(driver);
        expect(await tree.apply(direction, top, watch)).toMatchObject({ dirs: 21, files: 1000 });
        expect(entriesOf(top).filter(isImmutable)).toHaveLength(direction === 'freeze' ? total : 0);
      }
    });

    it('never changes an inode outside, and ends wholly frozen or with a reason', async () => {
      const outside = join(space.path, 'outside');
      await mkdir(outside);
      await writeFile(join(outside, 'file'), '');
      await writeFile(join(outside, 'frozen'), '');
      await plant(12, 40);
      // Before the adversary begins, since nobody can make a hard link to what is immutable.
      await execa('chattr', ['+i', join(outside, 'frozen')]);
      const adversary = spawn(process.execPath, [script('adversary'), top, outside]);
      try {
        await once(adversary.stdout, 'data');
        const tree = new FlaggedTree(driver);
        for (let round = 0; round < 3; round++) {
          const outcome = await tree.apply('freeze', top, watch).catch((error: unknown) => error);
          if (outcome instanceof Error) expect(outcome).toMatchObject({ name: 'FilesFault' });
          else expect(entriesOf(top).filter((path) => !isImmutable(path))).toEqual([]);
          await tree.apply('unfreeze', top, watch).catch((error: unknown) => {
            expect(error).toMatchObject({ name: 'FilesFault' });
          });
          expect(isImmutable(outside)).toBe(false);
          expect(isImmutable(join(outside, 'file'))).toBe(false);
          expect(isImmutable(join(outside, 'frozen'))).toBe(true);
        }
      } finally {
        adversary.kill('SIGKILL');
        await once(adversary, 'exit');
      }
    }, 60_000);
  },
);
