// A small file system of its own, to be filled up or made read-only without harm to others.
import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';

const DISK_BYTES = 48 * 2 ** 20;

export class SmallDisk implements AsyncDisposable {
  readonly #folder: string;
  /** Where it is mounted. */
  readonly path: string;

  private constructor(folder: string) {
    this.#folder = folder;
    this.path = join(folder, 'disk');
  }

  /** Rejects where the machine has no loop devices, or the caller may not mount. */
  static async create(): Promise<SmallDisk> {
    const disk = new SmallDisk(await mkdtemp(join(tmpdir(), 'permafrost-disk-')));
    const image = join(disk.#folder, 'image');
    await writeFile(image, '');
    await truncate(image, DISK_BYTES);
    await mkdir(disk.path);
    try {
      await execa('mkfs.ext4', ['-q', '-m', '0', image]);
      await execa('mount', ['-o', 'loop', image, disk.path]);
    } catch (error) {
      await rm(disk.#folder, { recursive: true });
      throw error;
    }
    return disk;
  }

  /** Leaves no byte free. */
  async fill(): Promise<void> {
    const filler = ['if=/dev/zero', `of=${this.#filler}`, 'bs=64k', 'conv=fsync'];
    await execa('dd', filler, { reject: false });
    // What is left of the last block.
    await execa('dd', [...filler.slice(0, 1), `of=${this.#filler}.rest`, 'bs=512'], {
      reject: false,
    });
  }

  async empty(): Promise<void> {
    for (const path of [this.#filler, `${this.#filler}.rest`]) await rm(path, { force: true });
  }

  async remount(mode: 'ro' | 'rw'): Promise<void> {
    await execa('mount', ['-o', `remount,${mode}`, this.path]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await execa('umount', ['--lazy', this.path]);
    await rm(this.#folder, { recursive: true, force: true });
  }

  get #filler(): string {
    return join(this.path, 'filler');
  }
}

/** The reason why there can be no such disk here, or undefined if there can. */
export async function whyNoSmallDisk(): Promise<string | undefined> {
  try {
    await (await SmallDisk.create())[Symbol.asyncDispose]();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message.split('\n')[0] : String(error);
  }
}
