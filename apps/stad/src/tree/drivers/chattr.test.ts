import { existsSync, writeFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DirectoryHandles, openDirectory } from '../directory-handles.ts';
import { attributeDriverSuite } from '../testing/attribute-driver-suite.ts';
import { holds } from '../testing/real-drivers.ts';
import { realAttributesSuite } from '../testing/real-attributes-suite.ts';
import {
  entriesOf,
  isImmutable,
  type TemporaryDirectory,
  temporaryDirectory,
  whyNoAttributes,
} from '../testing/real-files.ts';
import { ChattrDriver } from './chattr.ts';

const noAttributes = await whyNoAttributes();
const skipped = noAttributes === undefined ? '' : ` (skipped: ${noAttributes})`;
const CHATTR = (await execa('which', ['chattr'])).stdout;
const driver = await ChattrDriver.open(holds);

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

  it.skipIf(noAttributes)(
    `lets an abort wait for few thousand files at most${skipped}`,
    async () => {
      for (let file = 0; file < 5000; file++) writeFileSync(join(space.path, `${file}`), '');
      const fd = await openDirectory(space.path);
      const handles = new DirectoryHandles(fd, 0);
      const directory = { fd, isBegun: false, mountPoints: [] };
      const order = { wanted: 'immutable', mayWrite: true, quietMounts: undefined } as const;
      const [swept] = await driver.sweep([directory], order, new AbortController().signal);
      handles.close();
      expect(swept?.changed).toBeGreaterThan(0);
      expect(swept?.changed).toBeLessThan(4000);
    },
  );
});

/** Goes to work when it is told to, and not before. The directory itself is changed at once. */
const slowChattr = (space: string): string => `#!/bin/bash
if [ $# -gt 100 ]; then
  touch '${space}/begun'
  until [ -e '${space}/go' ]; do sleep 0.05; done
fi
exec ${CHATTR} "$@"
`;

describe.skipIf(noAttributes)('ChattrDriver, killed', () => {
  const FILES = 200;
  let space: TemporaryDirectory;
  let top: string;
  let fd: number;
  let handles: DirectoryHandles;

  beforeEach(async () => {
    space = await temporaryDirectory();
    top = join(space.path, 'top');
    await mkdir(top);
    for (let number = 0; number < FILES; number++) await writeFile(join(top, `${number}`), '');
    fd = await openDirectory(top);
    handles = new DirectoryHandles(fd, 0);
    await leaveChattrBehind();
  });
  afterEach(async () => {
    await writeFile(join(space.path, 'go'), '');
    using held = await driver.inTree(fd, new AbortController().signal);
    expect(held.name).toBe('chattr');
    handles.close();
    await space[Symbol.asyncDispose]();
  });

  /** Kills a process that freezes the tree while its chattr is about to change the files. */
  async function leaveChattrBehind(): Promise<void> {
    const programs = join(space.path, 'programs');
    await mkdir(programs);
    await writeFile(join(programs, 'chattr'), slowChattr(space.path), { mode: 0o755 });
    const script = new URL('../testing/apply-once.ts', import.meta.url).pathname;
    const child = execa(process.execPath, [script, 'chattr', 'freeze', top], {
      env: { PATH: `${programs}:${process.env['PATH']}` },
      reject: false,
    });
    while (!existsSync(join(space.path, 'begun'))) await setTimeout(20);
    child.kill('SIGKILL');
    await child;
  }

  const immutableFiles = (): number => entriesOf(top).filter(isImmutable).length - 1;

  it('waits for the chattr that it has left behind, and only then changes the tree', async () => {
    const { signal } = new AbortController();
    const entering = driver.inTree(fd, signal);
    expect(await Promise.race([entering, setTimeout(300, 'waits')])).toBe('waits');
    expect(immutableFiles()).toBe(0);
    await writeFile(join(space.path, 'go'), '');
    using held = await entering;
    expect(held.name).toBe('chattr');
    expect(immutableFiles()).toBe(FILES);
  });

  it('can be told to wait no longer', async () => {
    const stop = new AbortController();
    const entering = driver.inTree(fd, stop.signal);
    stop.abort(new Error('enough'));
    await expect(entering).rejects.toThrow();
  });
});
