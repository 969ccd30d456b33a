// The contract of an AttributeDriver. Every driver runs it, on real files.
import { lstatSync, writeFileSync } from 'node:fs';
import { mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AttributeDriver, Entry, SweepOrder, Swept } from '../attribute-driver.ts';
import { DirectoryHandles, openDirectory } from '../directory-handles.ts';
import { MountTable } from '../mounts.ts';
import { byteName, type ByteName, bytesOf } from '../names.ts';
import { type TemporaryDirectory, temporaryDirectory } from './real-files.ts';

export const ODD_NAMES: readonly ByteName[] = [
  '-R',
  '--',
  ' ',
  'a\nb',
  '\n',
  'quote\'"`$(x)\\',
  'tab\tand\x01',
  byteName(Buffer.from('Schnee ☃', 'utf8')),
  'not\xff\xfeutf8',
  'x'.repeat(255),
  // As lsattr prints it, this looks like the line of an entry 'a' and the beginning of another.
  'a\n----i----------------- 3',
  'a\n----i-----------------',
  'a\n----i----------------- ',
];

/** Runs the suite; `make` gets a directory in which the driver may keep what it needs. */
export function attributeDriverSuite(
  name: string,
  make: (stateDir: string) => Promise<AttributeDriver>,
  skipped?: string,
): void {
  const title = skipped === undefined ? name : `${name} (skipped: ${skipped})`;
  describe.skipIf(skipped !== undefined)(`attribute driver: ${title}`, () => {
    let space: TemporaryDirectory;
    let handles: DirectoryHandles;
    let data: string;
    let fd: number;
    let driver: AttributeDriver;
    const { signal } = new AbortController();

    beforeEach(async () => {
      space = await temporaryDirectory();
      data = join(space.path, 'data');
      await mkdir(data);
      fd = await openDirectory(data);
      handles = new DirectoryHandles(fd, 0);
      driver = await make(join(space.path, 'state'));
    });
    afterEach(async () => {
      handles.close();
      await space[Symbol.asyncDispose]();
    });

    const entry = (name: ByteName): Entry => ({ fd, name });
    const create = (name: ByteName): Promise<void> =>
      writeFile(Buffer.concat([Buffer.from(`${data}/`), bytesOf(name)]), '');

    it('finds new entries mutable, and what it has set as it has set it', async () => {
      await create('file');
      const both = [entry('.'), entry('file')];
      expect(await driver.read(both, signal)).toEqual(['mutable', 'mutable']);
      expect(await driver.write(both, 'immutable', signal)).toEqual(['immutable', 'immutable']);
      expect(await driver.read(both, signal)).toEqual(['immutable', 'immutable']);
      expect(await driver.write(both, 'mutable', signal)).toEqual(['mutable', 'mutable']);
      expect(await driver.read(both, signal)).toEqual(['mutable', 'mutable']);
    });

    it('answers an empty batch with nothing', async () => {
      expect(await driver.read([], signal)).toEqual([]);
      expect(await driver.write([], 'immutable', signal)).toEqual([]);
    });

    it('takes what is right already for done', async () => {
      await create('file');
      await driver.write([entry('file')], 'immutable', signal);
      expect(await driver.write([entry('file'), entry('.')], 'immutable', signal)).toEqual([
        'immutable',
        'immutable',
      ]);
    });

    it('knows names as bytes', async () => {
      for (const odd of ODD_NAMES) await create(odd);
      const frozen = ODD_NAMES.filter((_, index) => index % 2 === 0).map(entry);
      const all = ODD_NAMES.map(entry);
      expect(await driver.write(frozen, 'immutable', signal)).toEqual(
        frozen.map(() => 'immutable'),
      );
      expect(await driver.read(all, signal)).toEqual(
        all.map((_, index) => (index % 2 === 0 ? 'immutable' : 'mutable')),
      );
    });

    it('says of each bad entry what is wrong, and does the others', async () => {
      for (const odd of ODD_NAMES) await create(odd);
      await symlink(data, join(data, 'link'));
      await execa('mkfifo', [join(data, 'fifo')]);
      const bad = ['a', 'link', 'fifo', 'a\nc'].map(entry);
      const mixed = [...bad, ...ODD_NAMES.map(entry), ...bad];
      const answers = (state: string): unknown[] => {
        const failures = bad.map(() => ({ errno: 'ENOENT' }));
        return [...failures, ...ODD_NAMES.map(() => state), ...failures];
      };
      expect(await driver.read(mixed, signal)).toEqual(answers('mutable'));
      expect(await driver.write(mixed, 'immutable', signal)).toEqual(answers('immutable'));
      expect(await driver.read([entry('.')], signal)).toEqual(['mutable']);
      expect(await driver.write(mixed, 'mutable', signal)).toEqual(answers('mutable'));
    });

    it('tells what it had to change, where it looks and changes in one', async () => {
      if (!driver.bring) return;
      await create('file');
      await symlink(data, join(data, 'link'));
      const all = ['file', 'link', '.', 'none'].map(entry);
      const none = { errno: 'ENOENT' };
      for (const wanted of ['immutable', 'mutable'] as const) {
        await driver.write([entry('file')], wanted, signal);
        expect(await driver.bring(all, wanted, signal)).toEqual([
          'unchanged',
          none,
          'changed',
          none,
        ]);
        expect(await driver.read(all, signal)).toEqual([wanted, none, wanted, none]);
      }
    });

    it('follows the open directory and not its path', async () => {
      await create('file');
      await rename(data, `${data}-moved`);
      await mkdir(data);
      await create('file');
      await driver.write([entry('file')], 'immutable', signal);
      expect(await driver.read([entry('file')], signal)).toEqual(['immutable']);
      const other = await openDirectory(data);
      const otherHandles = new DirectoryHandles(other, 0);
      expect(await driver.read([{ fd: other, name: 'file' }], signal)).toEqual(['mutable']);
      otherHandles.close();
    });

    it('changes no time but that of the inode when it reads', async () => {
      await create('file');
      const { ctimeNs } = lstatSync(join(data, 'file'), { bigint: true });
      await driver.read([entry('file')], signal);
      expect(lstatSync(join(data, 'file'), { bigint: true }).ctimeNs).toBe(ctimeNs);
    });

    describe('where it can sweep', () => {
      /** Sweeps the directory to its end, in as many calls as it takes. */
      async function sweep(what: Omit<SweepOrder, 'quietMounts'>): Promise<readonly Swept[]> {
        const answers: Swept[] = [];
        using mounts = new MountTable();
        const order = { ...what, quietMounts: mounts.fd };
        while (answers.at(-1)?.isEnded !== true) {
          const isBegun = answers.length > 0;
          const directory = { fd, isBegun, mountPoints: ['mounted'] };
          const [swept] = (await driver.sweep?.([directory], order, signal)) ?? [];
          if (!swept) break;
          answers.push(swept);
        }
        return answers;
      }

      it('settles the files of a directory, and counts what else is in it', async () => {
        if (!driver.sweep) return;
        for (const odd of [...ODD_NAMES, 'mounted']) await create(odd);
        for (const below of ['.d', '..d']) await mkdir(join(data, below));
        await symlink(data, join(data, 'link'));
        await execa('mkfifo', [join(data, 'fifo')]);
        await driver.write(ODD_NAMES.slice(1).map(entry), 'immutable', signal);
        const met = { isEnded: true, files: ODD_NAMES.length, links: 1, others: 1, mounts: 1 };
        const orders = [
          [{ wanted: 'immutable', mayWrite: false }, 0, [{ name: '-R', outcome: 'mutable' }]],
          [{ wanted: 'immutable', mayWrite: true }, 1, []],
          [{ wanted: 'immutable', mayWrite: false }, 0, []],
          [{ wanted: 'mutable', mayWrite: true }, ODD_NAMES.length, []],
        ] as const;
        for (const [order, changed, wrong] of orders) {
          const [swept] = await sweep(order);
          expect(swept).toMatchObject({ ...met, changed, wrong });
          expect([...(swept?.directories ?? [])].sort()).toEqual(['..d', '.d']);
        }
        expect(await driver.read(['.', 'mounted', '.d'].map(entry), signal)).toEqual([
          'mutable',
          'mutable',
          'mutable',
        ]);
      });

      it('goes through a large directory in several steps', async () => {
        if (!driver.sweep) return;
        const count = 9000;
        for (let file = 0; file < count; file++) writeFileSync(join(data, `${file}`), '');
        const answers = await sweep({ wanted: 'immutable', mayWrite: true });
        expect(answers.length).toBeGreaterThan(1);
        expect(answers.reduce((sum, { changed }) => sum + changed, 0)).toBe(count);
        const seen = await sweep({ wanted: 'immutable', mayWrite: false });
        expect(seen.reduce((sum, { files }) => sum + files, 0)).toBe(count);
        expect(seen.flatMap(({ wrong }) => wrong)).toEqual([]);
      });
    });

    it('does nothing once the signal is aborted', async () => {
      await create('file');
      const aborted = AbortSignal.abort();
      await expect(driver.read([entry('file')], aborted)).rejects.toThrow();
      await expect(driver.write([entry('file')], 'immutable', aborted)).rejects.toThrow();
      expect(await driver.read([entry('file')], signal)).toEqual(['mutable']);
    });
  });
}
