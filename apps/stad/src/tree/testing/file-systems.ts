// File systems of all kinds that keep the attribute, in files and in memory, as far as this machine
// can make them.
import { mkdir, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { temporaryDirectory } from './real-files.ts';

export const FILE_SYSTEMS = ['ext4', 'xfs', 'btrfs', 'tmpfs', 'overlay'] as const;
export type FileSystem = (typeof FILE_SYSTEMS)[number];

/** Sparse. XFS takes no less. */
const IMAGE_BYTES = 320 * 1024 * 1024;

/** Mounts a new file system at `top`, with what it needs in the directory `beside`. */
export async function mountNew(type: FileSystem, top: string, beside: string): Promise<void> {
  switch (type) {
    case 'tmpfs':
      await execa('mount', ['-t', 'tmpfs', 'none', top]);
      break;
    case 'overlay': {
      const [lower, upper, work] = ['lower', 'upper', 'work'].map((name) => join(beside, name));
      for (const path of [lower, upper, work]) await mkdir(path ?? '');
      // What is below is copied up when it is changed, and that must not change what is frozen.
      await writeFile(join(lower ?? '', 'from-below'), '');
      const options = `lowerdir=${lower ?? ''},upperdir=${upper ?? ''},workdir=${work ?? ''}`;
      await execa('mount', ['-t', 'overlay', '-o', options, 'none', top]);
      break;
    }
    default: {
      const image = join(beside, 'image');
      await writeFile(image, '');
      await truncate(image, IMAGE_BYTES);
      await execa(`mkfs.${type}`, ['-q', image]);
      await execa('mount', ['-o', 'loop', image, top]);
    }
  }
}

/** Why this machine cannot make such a file system, if it cannot. */
export async function whyNotMounted(type: FileSystem): Promise<string | undefined> {
  await using directory = await temporaryDirectory();
  const top = join(directory.path, 'top');
  await mkdir(top);
  try {
    await mountNew(type, top, directory.path);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message.split('\n')[0] : String(error);
  }
}
