import { appendFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DirectoryHandles, openDirectory } from '../directory-handles.ts';
import { attributeDriverSuite } from '../testing/attribute-driver-suite.ts';
import { type TemporaryDirectory, temporaryDirectory } from '../testing/real-files.ts';
import { SIMULATION_WARNING, SimulatedDriver } from './simulated.ts';

attributeDriverSuite('simulated', (stateDir) => SimulatedDriver.open(stateDir, () => undefined));

describe('SimulatedDriver', () => {
  let space: TemporaryDirectory;
  let handles: DirectoryHandles;
  let fd: number;
  const { signal } = new AbortController();
  const open = (): Promise<SimulatedDriver> =>
    SimulatedDriver.open(join(space.path, 'state'), () => undefined);

  beforeEach(async () => {
    space = await temporaryDirectory();
    await mkdir(join(space.path, 'data'));
    await writeFile(join(space.path, 'data/file'), '');
    fd = await openDirectory(join(space.path, 'data'));
    handles = new DirectoryHandles(fd, 0);
  });
  afterEach(async () => {
    handles.close();
    await space[Symbol.asyncDispose]();
  });

  it('says that nothing is protected', async () => {
    const warnings: string[] = [];
    await SimulatedDriver.open(join(space.path, 'state'), (warning) => warnings.push(warning));
    expect(warnings).toEqual([SIMULATION_WARNING]);
  });

  it('remembers over restarts, also after a write that was torn', async () => {
    const batch = [
      { fd, name: 'file' },
      { fd, name: '.' },
    ];
    const first = await open();
    await first.write(batch, 'immutable', signal);
    await first.write(batch.slice(1), 'mutable', signal);
    await appendFile(join(space.path, 'state/simulated-attributes'), '+12:3');
    const second = await open();
    expect(await second.read(batch, signal)).toEqual(['immutable', 'mutable']);
    const log = await readFile(join(space.path, 'state/simulated-attributes'), 'utf8');
    expect(log).toMatch(/^\+\d+:\d+:\d+\n$/);
  });

  it('does not take a new file for an old one whose inode number it got', async () => {
    const driver = await open();
    await driver.write([{ fd, name: 'file' }], 'immutable', signal);
    await rm(join(space.path, 'data/file'));
    await writeFile(join(space.path, 'data/file'), '');
    expect(await driver.read([{ fd, name: 'file' }], signal)).toEqual(['mutable']);
  });
});
