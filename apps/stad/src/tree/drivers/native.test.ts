import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { DirectoryHandles, openDirectory } from '../directory-handles.ts';
import { MountTable } from '../mounts.ts';
import { attributeDriverSuite } from '../testing/attribute-driver-suite.ts';
import { realAttributesSuite } from '../testing/real-attributes-suite.ts';
import {
  isImmutable,
  temporaryDirectory,
  whyNoAttributes,
  whyNoMounts,
} from '../testing/real-files.ts';
import { NativeDriver } from './native.ts';

const noAttributes = await whyNoAttributes();
const noMounts = noAttributes ?? (await whyNoMounts());

for (const way of ['by-name', 'by-descriptor'] as const) {
  const driver = await NativeDriver.open(way);
  attributeDriverSuite(`native, ${way}`, () => Promise.resolve(driver), noAttributes);
  realAttributesSuite(`native, ${way}`, () => Promise.resolve(driver));

  const skipped = noMounts === undefined ? '' : ` (skipped: ${noMounts})`;
  it.skipIf(noMounts)(`native, ${way}, goes to no file mounted of late${skipped}`, async () => {
    await using space = await temporaryDirectory();
    const [top, outside] = [join(space.path, 'top'), join(space.path, 'outside')];
    await mkdir(top);
    for (const file of [outside, join(top, '1'), join(top, '2')]) await writeFile(file, '');
    const fd = await openDirectory(top);
    const handles = new DirectoryHandles(fd, 0);
    using mounts = new MountTable();
    await execa('mount', ['--bind', outside, join(top, '1')]);
    const directory = { fd, isBegun: false, mountPoints: [] };
    const order = { wanted: 'immutable', mayWrite: true, quietMounts: mounts.fd } as const;
    const answers = await driver.sweep([directory], order, new AbortController().signal);
    handles.close();
    expect(answers).toMatchObject([{ isEnded: true, files: 1, mounts: 1, changed: 1 }]);
    expect([outside, join(top, '2')].map(isImmutable)).toEqual([false, true]);
  });
}
