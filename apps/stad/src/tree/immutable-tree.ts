// Freezes and thaws a directory tree. What it leaves to others: how an attribute is set (drivers/),
// in which order a tree is gone through (walk.ts), and that nobody else works on the same tree
// meanwhile (the repo's lock).
import { availableParallelism } from 'node:os';
import {
  type Direction,
  entriesIn,
  FilesFault,
  type FreezePolicy,
  type ImmutableTree,
  type OpenWriters,
  type TreeSummary,
  type Watch,
} from '@permafrost/workflow-core';
import { examine, type Surroundings } from '../survey/examine.ts';
import type { AttributeDriver, FlagState } from './attribute-driver.ts';
import { DirectoryHandles } from './directory-handles.ts';
import { FailureList } from './failure-list.ts';
import { NOT_KEPT } from './failures.ts';
import { type ByteName, printablePath } from './names.ts';
import { bringTo, look, sweepWith } from './settle.ts';
import { StepReporter } from './step-reporter.ts';
import { openTop, seeMountsBelow } from './top.ts';
import { Walk, type WalkResult } from './walk.ts';

export type FlaggedTreeOptions = Readonly<{
  /** Only trees below one of these are touched. None given: any tree. */
  roots?: readonly string[];
  /** From which directory on no symlink may lead to the tree at a path. None given: any may. */
  hostRootOf?: Surroundings['hostRootOf'];
  /** Batches at the same time. By default one a processor, and no more than four. */
  lanes?: number;
  /** Where the entries of the tree at a path are listed that a freeze or thaw has failed on. */
  failureFileOf?: (path: string) => string | undefined;
  /** Directories that stay open in case they are needed again. */
  idleDirectoriesMax?: number;
}>;

/** More of them only wait for each other in the journal of the file system. */
const LANES_MAX = 4;
const IDLE_DIRECTORIES_MAX = 512;

const CHANGING = { immutable: 'set', mutable: 'clear' } as const;

type Pass = Readonly<{
  wanted: FlagState;
  mayWrite: boolean;
  failureList: FailureList;
  entriesTotal?: number;
  isVerifying?: true;
  onWrong?: (pathsBelowTop: readonly ByteName[]) => Promise<void>;
  isReadOnly?: boolean;
}>;

type Run = Readonly<{ watch: Watch; failureList: FailureList }>;

export type Look = Readonly<{
  wanted: FlagState;
  /** Told of entries that are in the other state. */
  onWrong: (pathsBelowTop: readonly ByteName[]) => Promise<void>;
}>;

/**
 * An {@link ImmutableTree} whose attribute is read and set by a driver. It changes nothing outside
 * of the tree that is at the path when the work begins, whatever others do to the tree meanwhile.
 */
export class FlaggedTree implements ImmutableTree {
  readonly #driver: AttributeDriver;
  readonly #options: Required<FlaggedTreeOptions>;

  constructor(driver: AttributeDriver, options: FlaggedTreeOptions = {}) {
    this.#driver = driver;
    this.#options = {
      roots: [],
      hostRootOf: () => Promise.resolve(undefined),
      lanes: Math.min(availableParallelism(), LANES_MAX),
      failureFileOf: () => undefined,
      idleDirectoriesMax: IDLE_DIRECTORIES_MAX,
      ...options,
    };
  }

  /** What it works with, for those who only look. */
  get surroundings(): Surroundings {
    const { roots, hostRootOf } = this.#options;
    return { driver: this.#driver, roots, hostRootOf };
  }

  async examine(
    path: string,
    policy: FreezePolicy,
    watch: Watch,
  ): Promise<OpenWriters | undefined> {
    return this.#cancellable('freeze', path, watch, () =>
      examine(this.surroundings, path, { policy, watch }),
    );
  }

  async apply(direction: Direction, path: string, watch: Watch): Promise<TreeSummary> {
    return this.#cancellable(direction, path, watch, async () => {
      using failureList = new FailureList(this.#options.failureFileOf(path));
      const run = { watch, failureList };
      const summary = await (direction === 'freeze'
        ? this.#freeze(path, run)
        : this.#thaw(path, run));
      failureList.remove();
      return summary;
    });
  }

  /**
   * Looks which entries are in another state than wanted, and changes nothing. A file system that does
   * not keep the attribute has it nowhere. Throws {@link FilesFault}.
   */
  async look(path: string, { wanted, onWrong }: Look, watch: Watch): Promise<TreeSummary> {
    return this.#cancellable('check', path, watch, async () => {
      const { summary, failures } = await this.#pass(path, watch, {
        wanted,
        mayWrite: false,
        failureList: new FailureList(),
        onWrong,
        isReadOnly: true,
      });
      const hasNone = wanted === 'mutable' && failures.has(...NOT_KEPT);
      if (failures.count > 0 && !hasNone)
        throw await failures.toFault(`check ${printablePath(path)}`);
      return summary;
    });
  }

  async #cancellable<T>(
    what: Direction | 'check',
    path: string,
    watch: Watch,
    work: () => Promise<T>,
  ): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!watch.signal.aborted) throw error;
      throw new FilesFault('FILES_CANCELLED', `cancelled: ${what} ${printablePath(path)}`, {
        retry: 'later',
        cause: error,
      });
    }
  }

  async #freeze(path: string, { watch, failureList }: Run): Promise<TreeSummary> {
    const shown = printablePath(path);
    const wanted = 'immutable';
    const { summary, failures } = await this.#pass(path, watch, {
      wanted,
      mayWrite: true,
      failureList,
    });
    // A driver may not know why it was refused. If that was so for the very first entry, the file
    // system shows the attribute and does not keep it.
    const { dirs, files } = summary;
    if (failures.has('EUNKNOWN') && dirs === 1 && files === 0)
      throw new FilesFault(
        'FILES_NO_ATTRIBUTES',
        `freeze ${shown}: the file system refuses the immutable attribute`,
        {
          retry: 'never',
        },
      );
    if (failures.count > 0) throw await failures.toFault(`freeze ${shown}`);
    // A pass that found nothing to do has seen the flag on every entry, each directory before its
    // entries: it is the proof itself (invariant 7).
    if (summary.changed === 0) return summary;
    // The path is opened anew: if another tree is there by now, it is that one which people see.
    const verified = await this.#pass(path, watch, {
      wanted,
      mayWrite: false,
      failureList,
      entriesTotal: entriesIn(summary),
      isVerifying: true,
    });
    if (verified.failures.count > 0) throw await verified.failures.toFault(`verify ${shown}`);
    return summary;
  }

  /** The driver vouches for each change; a second look would protect nothing. */
  async #thaw(path: string, { watch, failureList }: Run): Promise<TreeSummary> {
    const { summary, failures } = await this.#pass(path, watch, {
      wanted: 'mutable',
      mayWrite: true,
      failureList,
    });
    if (failures.count > 0) throw await failures.toFault(`unfreeze ${printablePath(path)}`);
    return summary;
  }

  async #pass(
    path: string,
    { signal, onStep }: Watch,
    { wanted, mayWrite, failureList, entriesTotal, isVerifying, isReadOnly = false, onWrong }: Pass,
  ): Promise<WalkResult> {
    signal.throwIfAborted();
    const { roots, hostRootOf } = this.#options;
    // Who only looks may also look where the tree has got to.
    const hostRoot = isReadOnly ? undefined : await hostRootOf(path);
    const { fd } = await openTop(path, roots, { isReadOnly, hostRoot });
    const open = this.#driver.openDirectory?.bind(this.#driver);
    const handles = new DirectoryHandles(fd, this.#options.idleDirectoriesMax, open);
    const reporter = new StepReporter(onStep, {
      top: printablePath(path),
      ...(entriesTotal !== undefined && { entriesTotal }),
      ...(isVerifying && { isVerifying }),
    });
    try {
      using held = mayWrite ? await this.#driver.inTree?.(fd, signal) : undefined;
      const driver = held ?? this.#driver;
      const doing = mayWrite ? CHANGING[wanted] : 'verify';
      const result = await new Walk(handles, {
        doing,
        failureList,
        order: doing === 'clear' ? 'directories-last' : 'directories-first',
        settle: mayWrite ? bringTo(driver, wanted) : look(driver, wanted),
        sweep: sweepWith(driver, { wanted, mayWrite }),
        seeMounts: () => seeMountsBelow(fd),
        lanes: this.#options.lanes,
        onWrong,
        signal,
        onSettled: (entries, pathBelowTop) => reporter.count(entries, pathBelowTop),
      }).run();
      if (result.failures.count === 0) reporter.end(entriesIn(result.summary));
      return result;
    } finally {
      handles.close();
    }
  }
}
