// Sets the immutable attribute with the program chattr of e2fsprogs, which works for every Linux
// file system that keeps it, and refuses to follow a symlink. What an entry is like is looked up by
// system calls, so that chattr is told only what it has to change.
import type {
  AttributeDriver,
  Entry,
  FlagState,
  Outcome,
  SweepOrder,
  Swept,
  SweptDirectory,
} from '../attribute-driver.ts';
import type { DirectoryOpener } from '../directory-handles.ts';
import { explainRefusals } from './diagnosis.ts';
import { NativeDriver } from './native.ts';
import { TreeHold } from './tree-hold.ts';

export class ChattrDriver implements AttributeDriver {
  readonly name = 'chattr';
  readonly capabilitiesOf = 'programs';
  readonly changeUs = 20;
  readonly openDirectory?: DirectoryOpener;
  readonly #threads: NativeDriver;
  readonly #holds: string;
  readonly #hold: TreeHold | undefined;

  private constructor(threads: NativeDriver, holds: string, hold?: TreeHold) {
    this.#threads = threads;
    this.#holds = holds;
    this.#hold = hold;
    if (threads.openDirectory) this.openDirectory = threads.openDirectory;
  }

  /**
   * `holds` is the directory for what programs keep of the trees that they work on; it is created
   * when it is needed first. Throws {@link FilesFault} as {@link NativeDriver.open} does.
   */
  static async open(holds: string): Promise<ChattrDriver> {
    return new ChattrDriver(await NativeDriver.open('by-chattr'), holds);
  }

  /** Waits for every chattr that a dead process has left at work in the tree. */
  async inTree(topFd: number, signal: AbortSignal): Promise<ChattrDriver> {
    const threads = this.#threads;
    const tryLock = (fd: number): Promise<boolean> => threads.lock(fd, signal);
    const hold = await TreeHold.take(topFd, { directory: this.#holds, tryLock, signal });
    return new ChattrDriver(threads, this.#holds, hold);
  }

  [Symbol.dispose](): void {
    this.#hold?.[Symbol.dispose]();
  }

  read(entries: readonly Entry[], signal: AbortSignal): Promise<readonly Outcome[]> {
    return this.#threads.read(entries, signal);
  }

  async write(
    entries: readonly Entry[],
    wanted: FlagState,
    signal: AbortSignal,
  ): Promise<readonly Outcome[]> {
    const outcomes = await this.#threads.write(entries, wanted, signal, this.#hold?.fd);
    return explainRefusals(entries, outcomes, wanted);
  }

  async sweep(
    directories: readonly SweptDirectory[],
    order: SweepOrder,
    signal: AbortSignal,
  ): Promise<readonly Swept[]> {
    const answers = await this.#threads.sweep(directories, order, signal, this.#hold?.fd);
    return order.mayWrite ? await explainAll(answers, directories, order.wanted) : answers;
  }
}

async function explainAll(
  answers: readonly Swept[],
  directories: readonly SweptDirectory[],
  wanted: FlagState,
): Promise<readonly Swept[]> {
  const explained: Swept[] = [];
  for (const [index, swept] of answers.entries()) {
    const fd = directories[index]?.fd ?? -1;
    const entries = swept.wrong.map(({ name }) => ({ fd, name }));
    const outcomes = swept.wrong.map(({ outcome }) => outcome);
    const reasons = (await explainRefusals(entries, outcomes, wanted)).values();
    explained.push({
      ...swept,
      wrong: swept.wrong.map((wrong) => ({
        ...wrong,
        outcome: reasons.next().value ?? wrong.outcome,
      })),
    });
  }
  return explained;
}
