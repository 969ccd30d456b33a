// This machine over again, to install packages on: its root directory as it is, with a layer in
// memory above that takes all changes. Its processes, devices and network are those of this machine.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';

export class BorrowedMachine implements AsyncDisposable {
  readonly #folder: string;
  /** Its root directory, as seen from here. */
  readonly root: string;
  /** Its /srv, on a disk of this machine. */
  readonly srv: string;

  private constructor(folder: string) {
    this.#folder = folder;
    this.root = join(folder, 'memory/root');
    this.srv = join(folder, 'srv');
  }

  /** Rejects where the caller may not mount. */
  static async create(): Promise<BorrowedMachine> {
    const machine = new BorrowedMachine(await mkdtemp(join(tmpdir(), 'permafrost-machine-')));
    try {
      await machine.#mount();
      return machine;
    } catch (error) {
      await machine[Symbol.asyncDispose]();
      throw error;
    }
  }

  async #mount(): Promise<void> {
    const memory = join(this.#folder, 'memory');
    await mkdir(memory);
    await mkdir(this.srv);
    await execa('mount', ['-t', 'tmpfs', '-o', 'size=1g,mode=755', 'tmpfs', memory]);
    const [upper, work] = [join(memory, 'upper'), join(memory, 'work')];
    for (const folder of [upper, work, this.root]) await mkdir(folder);
    const layers = `lowerdir=/,upperdir=${upper},workdir=${work}`;
    await execa('mount', ['-t', 'overlay', '-o', layers, 'overlay', this.root]);
    await execa('mount', ['-t', 'proc', 'proc', join(this.root, 'proc')]);
    await execa('mount', ['--bind', '/dev', join(this.root, 'dev')]);
    await execa('mount', ['--bind', this.srv, join(this.root, 'srv')]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await execa('chattr', ['-R', '-f', '-i', this.srv], { reject: false });
    const memory = join(this.#folder, 'memory');
    await execa('umount', ['--recursive', '--lazy', memory], { reject: false });
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** The reason why there can be no such machine here, or undefined if there can. */
export async function whyNoBorrowedMachine(): Promise<string | undefined> {
  try {
    await using machine = await BorrowedMachine.create();
    await execa('chroot', [machine.root, 'dpkg', '--version']);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message.split('\n')[0] : String(error);
  }
}
