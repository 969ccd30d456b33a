// The one walk of a tree. It goes over everything once, in one of two orders (invariant 8), and lets
// a `Settle` decide what is done with each entry.
//
// - `directories-first`: a directory is settled before it is listed. A freeze works so: once its
//   flag is set, nobody can add, remove or swap what the listing then finds.
// - `directories-last`: a directory is settled after all below it. A thaw works so: the entries of
//   a frozen directory stay pinned by it until they are done.
//
// Two lists hold the directories: `due` those whose turn to be settled has come, `unlisted` those
// whose turn to be listed has come. Both are stacks, so that what waits is at most about the depth
// of the tree times the widest directory, and never the whole tree. Settling goes in batches over
// many directories, several batches at once.
//
// An entry that failed holds up what depends on it and nothing else: a directory that was not
// settled first is not listed, a directory above a failed entry is not settled last.
//
// A driver that can sweep lists directories and settles their files by itself; the walk then holds
// no file at all. Else the walk lists them, and makes batches of the files of many directories.
import type { TreeSummary } from '@permafrost/workflow-core';
import type { FlagState, Swept, SweptDirectory } from './attribute-driver.ts';
import { Batch, DIRECTORIES_MAX } from './batch.ts';
import {
  type Directory,
  directoryBelow,
  type DirectoryHandles,
  pathBelowTop,
} from './directory-handles.ts';
import { errnoOrThrow } from './errno.ts';
import type { EntryTrouble, FailureList } from './failure-list.ts';
import { Failures, NOT_KEPT } from './failures.ts';
import { Lanes } from './lanes.ts';
import { listDirectory } from './listing.ts';
import type { ByteName } from './names.ts';
import type { Settle, Settled, Sweep } from './settle.ts';
import type { MountsBelow } from './top.ts';

export type WalkOrder = 'directories-first' | 'directories-last';

export type WalkOptions = Readonly<{
  order: WalkOrder;
  settle: Settle;
  sweep: Sweep | undefined;
  seeMounts: () => MountsBelow;
  /** Batches that are settled at the same time. */
  lanes: number;
  signal: AbortSignal;
  /** Told after each batch: how many entries are done, with those that are not for it, and one of them. */
  onSettled: (entries: number, pathBelowTop: () => ByteName) => void;
  /** What `settle` and `sweep` are for, and where entries are listed that they failed on. */
  doing: EntryTrouble['doing'];
  failureList: FailureList;
  /**
   * Told, by their paths below the top, of entries that were left in the wrong state; the walk goes on
   * as if they were right. Without it they are failures.
   */
  onWrong: ((pathsBelowTop: readonly ByteName[]) => Promise<void>) | undefined;
}>;

export type WalkResult = Readonly<{ summary: TreeSummary; failures: Failures }>;

/** What may be in the way of every entry alike. */
const HOPELESS = ['EPERM', 'EROFS', ...NOT_KEPT];

/** After so many failures, and not one entry that is right, going on would be of no use. */
const HOPELESS_COUNT = 100;

/** What the opening of a directory says when it has been removed or replaced since it was listed. */
const GONE = ['ENOENT', 'ENOTDIR', 'ELOOP'];

export class Walk {
  readonly #handles: DirectoryHandles;
  readonly #options: WalkOptions;
  readonly #lanes: Lanes;
  readonly #failures: Failures;
  readonly #summary = { dirs: 1, files: 0, links: 0, others: 0, mounts: 0, changed: 0 };
  readonly #due: Directory[] = [];
  readonly #unlisted: Directory[] = [];
  #files = new Batch();
  /** Entries that there is nothing to do for, and that nobody was told of yet. */
  #passed = 0;
  /** Whether any entry is as it should be. */
  #isAnyRight = false;

  constructor(handles: DirectoryHandles, options: WalkOptions) {
    this.#handles = handles;
    this.#options = options;
    this.#lanes = new Lanes(options.lanes);
    this.#failures = new Failures(options.failureList);
  }

  /**
   * Walks the whole tree. Rejects with what the driver or the signal threw, and only after every
   * batch has ended; failures of single entries are in the result.
   */
  async run(): Promise<WalkResult> {
    try {
      this.#discover(this.#handles.top);
      while (!this.#isHopeless() && (await this.#advance()));
    } finally {
      await this.#lanes.drain();
    }
    this.#failures.isCutShort = this.#isHopeless();
    return { summary: this.#summary, failures: this.#failures };
  }

  /** Does the next thing. Resolves to false when there is nothing left to do. */
  async #advance(): Promise<boolean> {
    this.#options.signal.throwIfAborted();
    const { sweep } = this.#options;
    const isListing = this.#isListingNext();
    if (isListing && sweep) await this.#sweepDirectories(sweep);
    else if (isListing) await this.#list(this.#unlisted.pop());
    else if (this.#due.length > 0) await this.#settleDirectories();
    else if (!this.#files.isEmpty && !this.#lanes.full) await this.#settleFiles();
    else if (!this.#lanes.idle) await this.#lanes.next();
    else return false;
    return true;
  }

  /** Of its two turns a directory has the second soon after the first, while it is still open. */
  #isListingNext(): boolean {
    const isListingSecond = this.#options.order === 'directories-first';
    const [first, second] = isListingSecond
      ? [this.#due, this.#unlisted]
      : [this.#unlisted, this.#due];
    const isSecondNext = second.length >= DIRECTORIES_MAX || first.length === 0;
    return isListingSecond === isSecondNext && this.#unlisted.length > 0;
  }

  #isHopeless(): boolean {
    if (this.#isAnyRight || this.#failures.count < HOPELESS_COUNT) return false;
    return this.#failures.has(...HOPELESS);
  }

  #discover(directory: Directory): void {
    (this.#options.order === 'directories-first' ? this.#due : this.#unlisted).push(directory);
  }

  async #list(directory: Directory | undefined): Promise<void> {
    const fd = directory && (await this.#pin(directory));
    if (directory === undefined || fd === undefined) return;
    using mounts = this.#options.seeMounts();
    const mountPoints = mounts.in(fd);
    // The listing itself is one of the things to wait for: no directory is due in the middle of it.
    directory.waiting = 1;
    try {
      for await (const { name, kind } of listDirectory(fd)) {
        if (kind === 'link') this.#pass('links');
        else if (kind === 'other') this.#pass('others');
        else if (kind === 'directory') {
          directory.waiting++;
          this.#discover(directoryBelow(directory, name));
        } else if (mountPoints.includes(name)) this.#pass('mounts');
        else {
          this.#summary.files++;
          directory.waiting++;
          await this.#files.add(directory, name, this.#handles);
          if (this.#files.isFull) await this.#settleFiles();
        }
      }
      this.#doneBelow(directory);
    } catch (error) {
      this.#fail('list', errnoOrThrow(error), pathBelowTop(directory));
    } finally {
      this.#handles.unpin(directory);
    }
  }

  async #sweepDirectories(sweep: Sweep): Promise<void> {
    // No more than a share of what there is, so that the other lanes have some too.
    const share = Math.ceil(this.#unlisted.length / this.#options.lanes);
    const pinned = await this.#pinAll(this.#unlisted.splice(-Math.min(share, DIRECTORIES_MAX)));
    await this.#lanes.start(() => this.#sweepPinned(sweep, [...pinned.keys()]));
  }

  /** What a sweep has begun is read to its end here; what it did not come to is left to any lane. */
  async #sweepPinned(sweep: Sweep, pinned: readonly Directory[]): Promise<void> {
    let held = pinned;
    for (const directory of held) directory.waiting = 1;
    try {
      for (let isBegun = false; held.length > 0 && !this.#isHopeless(); isBegun = true) {
        using mounts = this.#options.seeMounts();
        const orders = held.map((directory) => sweepOf(directory, isBegun, mounts));
        const answers = await sweep(orders, mounts.quiet, this.#options.signal);
        for (const [index, swept] of answers.entries()) await this.#takeSwept(held[index], swept);
        const left = held.slice(answers.length);
        const begun = held.slice(0, answers.length).filter((_, at) => !answers[at]?.isEnded);
        const done = held.filter((directory) => !begun.includes(directory));
        held = begun;
        this.#unlisted.push(...left);
        for (const directory of done) this.#handles.unpin(directory);
      }
    } finally {
      for (const directory of held) this.#handles.unpin(directory);
    }
  }

  async #takeSwept(directory: Directory | undefined, swept: Swept): Promise<void> {
    if (!directory) throw new Error('a sweep has told of more than was asked for');
    for (const count of ['files', 'links', 'others', 'mounts', 'changed'] as const)
      this.#summary[count] += swept[count];
    for (const name of swept.directories) {
      directory.waiting++;
      this.#discover(directoryBelow(directory, name));
    }
    if (swept.files > swept.wrong.length) this.#isAnyRight = true;
    const wrong: ByteName[] = [];
    for (const { name, outcome } of swept.wrong) {
      if (typeof outcome === 'string' && this.#options.onWrong) {
        wrong.push(pathBelowTop(directory, name));
        continue;
      }
      const errno = typeof outcome === 'string' ? outcome : outcome.errno;
      if (errno === 'ENOENT') continue;
      // Nobody will be done with it, so what must wait for it waits.
      directory.waiting++;
      this.#fail(this.#options.doing, errno, pathBelowTop(directory, name));
    }
    if (wrong.length > 0) await this.#options.onWrong?.(wrong);
    this.#passed += swept.links + swept.others + swept.mounts;
    this.#tell(swept.files, () => pathBelowTop(directory));
    if (swept.failure) this.#fail('list', swept.failure.errno, pathBelowTop(directory));
    else if (swept.isEnded) this.#doneBelow(directory);
  }

  async #settleFiles(): Promise<void> {
    const batch = this.#files;
    this.#files = new Batch();
    await this.#settle(batch, (directory) => this.#doneBelow(directory));
  }

  async #settleDirectories(): Promise<void> {
    const batch = new Batch();
    for (const [directory] of await this.#pinAll(this.#due.splice(-DIRECTORIES_MAX))) {
      await batch.add(directory, '.', this.#handles);
      this.#handles.unpin(directory);
    }
    await this.#settle(batch, (directory) => {
      if (this.#options.order === 'directories-first') this.#unlisted.push(directory);
      else if (directory.parent) this.#doneBelow(directory.parent);
    });
  }

  /** Begins to settle a batch; `onDone` is called for each entry that is as it should be. */
  async #settle(batch: Batch, onDone: (directory: Directory) => void): Promise<void> {
    if (batch.isEmpty) return;
    await this.#lanes.start(async () => {
      try {
        const answers = await this.#options.settle(batch.entries, this.#options.signal);
        const wrong: ByteName[] = [];
        for (const [index, directory] of batch.directories.entries()) {
          const name = batch.entries[index]?.name ?? '';
          if (isState(answers[index]) && this.#options.onWrong) {
            wrong.push(pathBelowTop(directory, name));
            onDone(directory);
          } else this.#take(answers[index], directory, name, onDone);
        }
        if (wrong.length > 0) await this.#options.onWrong?.(wrong);
        const last = batch.directories.at(-1);
        const name = batch.entries.at(-1)?.name;
        if (last) this.#tell(batch.entries.length, () => pathBelowTop(last, name));
      } finally {
        batch.release(this.#handles);
      }
    });
  }

  #take(
    answer: Settled | undefined,
    directory: Directory,
    name: ByteName,
    onDone: (directory: Directory) => void,
  ): void {
    if (answer === 'changed') this.#summary.changed++;
    if (answer === 'changed' || answer === 'unchanged') {
      this.#isAnyRight = true;
      onDone(directory);
    } else if (!isState(answer) && answer?.errno === 'ENOENT') this.#gone(directory, name);
    else {
      const errno = isState(answer) ? answer : (answer?.errno ?? 'EUNKNOWN');
      this.#fail(this.#options.doing, errno, pathBelowTop(directory, name));
    }
  }

  #pass(kind: 'links' | 'others' | 'mounts'): void {
    this.#summary[kind]++;
    this.#passed++;
  }

  #tell(settled: number, where: () => ByteName): void {
    this.#options.onSettled(settled + this.#passed, where);
    this.#passed = 0;
  }

  #fail(doing: EntryTrouble['doing'], errno: string, path: ByteName): void {
    this.#failures.add({ doing, errno, path });
  }

  /** Those of the directories that could be pinned, with their descriptors. */
  async #pinAll(directories: readonly Directory[]): Promise<ReadonlyMap<Directory, number>> {
    const pinned = new Map<Directory, number>();
    const pin = async (directory: Directory): Promise<void> => {
      const fd = await this.#pin(directory);
      if (fd !== undefined) pinned.set(directory, fd);
    };
    await Promise.all(directories.map(pin));
    return pinned;
  }

  /** Pins a directory that the walk goes into, or says why there is nothing to go into. */
  async #pin(directory: Directory): Promise<number | undefined> {
    const isNew = directory.inode === undefined;
    try {
      const fd = await this.#handles.pin(directory);
      if (fd === undefined) {
        this.#pass('mounts');
        this.#gone(directory, '.');
      } else if (isNew) this.#summary.dirs++;
      return fd;
    } catch (error) {
      const errno = errnoOrThrow(error);
      if (GONE.includes(errno)) this.#gone(directory, '.');
      else this.#fail('open', errno, pathBelowTop(directory));
      return undefined;
    }
  }

  /** There is nothing to do for the entry, so nothing has to wait for it. */
  #gone(directory: Directory, name: ByteName): void {
    const owner = name === '.' ? directory.parent : directory;
    if (owner) this.#doneBelow(owner);
  }

  #doneBelow(directory: Directory): void {
    directory.waiting--;
    if (directory.waiting === 0 && this.#options.order === 'directories-last')
      this.#due.push(directory);
  }
}

function sweepOf({ fd }: Directory, isBegun: boolean, mounts: MountsBelow): SweptDirectory {
  if (fd === undefined) throw new Error('a directory with a pin has been closed');
  return { fd, isBegun, mountPoints: mounts.in(fd) };
}

function isState(answer: Settled | undefined): answer is FlagState {
  return answer === 'immutable' || answer === 'mutable';
}
