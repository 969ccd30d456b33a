// Goes over a tree once, by looking only, and gathers what a freeze should know beforehand. What it
// finds may be otherwise a moment later: it protects people from surprises, and the walk that follows
// protects the tree.
import { isUtf8 } from 'node:buffer';
import { entriesIn, type Watch } from '@permafrost/workflow-core';
import { bytesOfText } from '../byte-string.ts';
import { Directory, visitBelow, type Found } from '../shadow/directory.ts';
import { Pace } from '../shadow/pace.ts';
import { bytesOf, type ByteName, printed } from '../tree/names.ts';
import { mountPointsIn } from '../tree/top.ts';
import { HardLinks } from './hard-links.ts';
import type { FileId, OpenFiles, Writer } from './open-files.ts';

/** Things of one kind: how many, and the first few of them, as people can read them. */
export class Examples {
  count = 0;
  readonly first: string[] = [];

  add(describe: () => string): void {
    if (++this.count <= EXAMPLES_MAX) this.first.push(describe());
  }
}

/** Enough to go and look. */
const EXAMPLES_MAX = 10;
/** Those that may be looked for again, to see whether they are still written to. */
const BUSY_MAX = 1000;

export type SurveyedTree = Readonly<{
  /** An absolute path. */
  path: string;
  /** Mount points below it, which are not entered. */
  mountPoints: ReadonlySet<ByteName>;
}>;

export class TreeSurvey {
  /** `bytes` are those of regular files, counted for each name. */
  readonly counts = { dirs: 1, files: 0, links: 0, others: 0, mounts: 0, bytes: 0 };
  readonly special: Examples = new Examples();
  readonly mounts: Examples = new Examples();
  readonly undecodable: Examples = new Examples();
  readonly busy: Examples = new Examples();
  readonly busyFiles: FileId[] = [];
  readonly #tree: SurveyedTree;
  readonly #openFiles: OpenFiles | undefined;
  readonly #hardLinks = new HardLinks();

  /** Without `openFiles` nothing is busy. */
  constructor(tree: SurveyedTree, openFiles?: OpenFiles) {
    this.#tree = tree;
    this.#openFiles = openFiles;
  }

  /** Goes over the tree, once, and tells in the end how much there is. Throws {@link FilesFault}. */
  async run(watch: Watch): Promise<void> {
    using top = Directory.open(bytesOfText(this.#tree.path));
    const pace = new Pace(watch, undefined);
    await visitBelow(top, pace, (directory, found) =>
      this.#meet(directory, found, () =>
        `${directory.path}/${found.name}`.slice(top.path.length + 1),
      ),
    );
    const entries = entriesIn(this.counts);
    const { bytes } = this.counts;
    const done = {
      entriesDone: entries,
      entriesTotal: entries,
      bytesDone: bytes,
      bytesTotal: bytes,
    };
    watch.onStep({ ...done, path: printed(top.path) });
  }

  /** Files that have names outside of the tree. */
  linkedOutside(): Examples {
    const examples = new Examples();
    for (const { path, namesMet, names } of this.#hardLinks.leaving())
      examples.add(() => `${printed(path)} (${names - namesMet} of ${names} names are elsewhere)`);
    return examples;
  }

  #meet(directory: Directory, { name, stats }: Found, path: () => ByteName): boolean {
    const { counts } = this;
    if (!isDecodable(name)) this.undecodable.add(() => printed(path()));
    switch (stats.kind) {
      case 'directory':
        if (stats.dev === directory.stats.dev && !this.#isMountPoint(directory, name)) {
          counts.dirs++;
          return true;
        }
        this.#meetMount(path);
        return false;
      case 'file':
        if (this.#isMountPoint(directory, name)) this.#meetMount(path);
        else {
          counts.files++;
          counts.bytes += Number(stats.size);
          this.#hardLinks.met(path, stats);
          const writer = this.#openFiles?.writerOf(stats);
          if (writer) this.#meetBusy(path, stats, writer);
        }
        return false;
      case 'link':
        counts.links++;
        return false;
      case 'other':
        counts.others++;
        this.special.add(() => printed(path()));
        return false;
    }
  }

  #meetMount(path: () => ByteName): void {
    this.counts.mounts++;
    this.mounts.add(() => printed(path()));
  }

  #meetBusy(path: () => ByteName, { dev, ino }: FileId, { pid, command, how }: Writer): void {
    this.busy.add(() => `${command} (process ${pid}) has ${printed(path())} ${how} for writing`);
    if (this.busyFiles.length < BUSY_MAX) this.busyFiles.push({ dev, ino });
  }

  #isMountPoint({ descriptor }: Directory, name: ByteName): boolean {
    const { mountPoints } = this.#tree;
    return mountPoints.size > 0 && mountPointsIn(descriptor, mountPoints).includes(name);
  }
}

function isDecodable(name: ByteName): boolean {
  return !/[\x80-\xff]/.test(name) || isUtf8(bytesOf(name));
}
