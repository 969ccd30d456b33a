// Real directories for tests, which are gone afterwards whatever flags and mounts they had.
import { accessSync, constants, lstatSync, readdirSync } from 'node:fs';
import { mkdtemp, realpath, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { errnoOf } from '../errno.ts';

export type TemporaryDirectory = AsyncDisposable & Readonly<{ path: string }>;

/** A new directory; when it is disposed of, mounts and flags below it are removed with it. */
export async function temporaryDirectory(): Promise<TemporaryDirectory> {
  const path = await realpath(await mkdtemp(join(tmpdir(), 'permafrost-tree-')));
  return {
    path,
    async [Symbol.asyncDispose](): Promise<void> {
      // Innermost mounts last in the list, so from its end.
      const { stdout } = await execa('findmnt', ['-rno', 'TARGET'], { reject: false });
      for (const target of stdout.split('\n').reverse())
        if (target.startsWith(`${path}/`)) await execa('umount', [target], { reject: false });
      await execa('chattr', ['-R', '-f', '-i', path], { reject: false });
      await execa('rm', ['-rf', path]);
    },
  };
}

/**
 * Whether an entry is immutable, asked in another way than the drivers do: the kernel answers EPERM
 * to a question for write access before it looks at the permission bits.
 */
export function isImmutable(path: string | Buffer): boolean {
  try {
    accessSync(path, constants.W_OK);
    return false;
  } catch (error) {
    return errnoOf(error) === 'EPERM';
  }
}

/** The paths of all files and directories at and below `top`, symlinks and others left out. */
export function entriesOf(top: string | Buffer): readonly Buffer[] {
  const below = (path: Buffer): Buffer[] => {
    const stats = lstatSync(path);
    if (!stats.isDirectory()) return stats.isFile() ? [path] : [];
    const names = readdirSync(path, { encoding: 'buffer' });
    return [path, ...names.flatMap((name) => below(Buffer.concat([path, Buffer.from('/'), name])))];
  };
  return below(typeof top === 'string' ? Buffer.from(top) : top);
}

/** Why this machine cannot set the attribute on files of its temporary directory, if it cannot. */
export async function whyNoAttributes(): Promise<string | undefined> {
  await using directory = await temporaryDirectory();
  const file = join(directory.path, 'probe');
  await writeFile(file, '');
  const { failed } = await execa('chattr', ['+i', file], { reject: false });
  return failed ? `chattr +i does not work in ${tmpdir()}` : undefined;
}

/** Why this process cannot mount anything, if it cannot. */
export async function whyNoMounts(): Promise<string | undefined> {
  await using directory = await temporaryDirectory();
  const mount = await execa('mount', ['-t', 'tmpfs', 'none', directory.path], { reject: false });
  if (mount.failed) return 'mount does not work';
  await execa('umount', [directory.path]);
  return undefined;
}

/** Why setpriv(1) cannot start a process with fewer privileges, if it cannot. */
export async function whyNoSetpriv(): Promise<string | undefined> {
  const { failed } = await execa('setpriv', ['--reuid', '65534', 'true'], { reject: false });
  return failed ? 'setpriv does not work' : undefined;
}
