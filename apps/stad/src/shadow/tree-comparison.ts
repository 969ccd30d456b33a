// Compares a directory tree with what a commit has recorded of it: a merge of two sorted sequences,
// the walk on one side and the listing of the commit on the other. It tells each difference to its
// caller and keeps no more than the entries of the directories on the way down.
import { blobId, directoryBlob, fileBlob, parseBlob, wholeBlob } from './stat-blob.ts';
import type { ByteString } from '../byte-string.ts';
import type { EntryMode } from './commit-writer.ts';
import { measure, type Directory, type Found } from './directory.ts';
import { headOf } from './nested-git.ts';
import type { ObjectReader } from './object-reader.ts';
import type { Pace } from './pace.ts';
import type { RecordedEntry, RecordedTree } from './recorded-tree.ts';
import { Tally } from './tally.ts';
import { isReserved, treatmentOf, type Tracking } from './tracking.ts';

export type Difference = Readonly<{
  path: ByteString;
  /** False for a `.nogtree`, which speaks of the directory that it is in. */
  isEntry: boolean;
  /** True when the commit has something of this path. */
  isRecorded: boolean;
  /** Undefined when nothing of this path is to be recorded any more. */
  now: Readonly<{ mode: EntryMode; content: ByteString }> | undefined;
  /** True for a directory that is recorded as a whole, without a git commit. */
  isBundle: boolean;
}>;

export type ComparisonParts = Readonly<{
  /** Undefined when there is no directory: then all that is recorded is gone. */
  top: Directory | undefined;
  recorded: RecordedTree;
  objects: ObjectReader;
  tracking: Tracking;
  pace: Pace;
  onDifference: (difference: Difference) => Promise<void> | void;
}>;

export type ComparisonResult = Readonly<{
  /** Of the whole tree, with all that is not tracked. */
  tally: Tally;
  /** Of the `.git` at the top. */
  gitTally: Tally | undefined;
}>;

type Form = 'file' | 'link' | 'tree' | 'repository' | 'bundle' | 'untracked';

/** A child of a directory that is being compared. Its key is its name as git's order wants it. */
type Child = Readonly<{
  key: ByteString;
  name: ByteString;
  form: Form;
  size: bigint;
  mtimeS: number;
  /** Of a repository. */
  head?: string;
}>;

const TREE_FILE = '.nogtree';

/** Compares all but the `.nogtree` of the top, which is made from the result. */
export async function compareTree(parts: ComparisonParts): Promise<ComparisonResult> {
  return await new Comparison(parts).run();
}

class Comparison {
  readonly #parts: ComparisonParts;
  readonly #tally = new Tally();
  #gitTally: Tally | undefined;

  constructor(parts: ComparisonParts) {
    this.#parts = parts;
  }

  async run(): Promise<ComparisonResult> {
    const { top } = this.#parts;
    if (top === undefined) {
      await this.#passRecorded(new Scope(''), () => true);
    } else {
      this.#tally.add(top.stats);
      await this.#directory(top, '');
    }
    return { tally: this.#tally, gitTally: this.#gitTally };
  }

  /** Resolves to whether anything in the directory is tracked. */
  async #directory(directory: Directory, prefix: ByteString): Promise<boolean> {
    const scope = new Scope(prefix);
    for (const child of await this.#childrenOf(directory, prefix)) {
      await this.#passRecorded(scope, (path) => path < prefix + child.key);
      if (await this.#child(directory, scope, child)) scope.isTracked = true;
    }
    await this.#passRecorded(scope, (path) => path.startsWith(prefix));
    if (prefix !== '') await this.#treeFile(directory, scope);
    return scope.isTracked;
  }

  async #childrenOf(directory: Directory, prefix: ByteString): Promise<Child[]> {
    const children: Child[] = [];
    for (const found of directory.list()) {
      this.#tally.add(found.stats);
      await this.#parts.pace.met(directory, found.name, found.stats);
      const child = this.#childOf(directory, found, prefix === '');
      if (child !== undefined) children.push(child);
    }
    return children.sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  /** Undefined when there is nothing more to do about it than to have counted it. */
  #childOf(parent: Directory, { name, stats }: Found, isAtTop: boolean): Child | undefined {
    const { kind, size, mtimeS } = stats;
    const isDirectory = kind === 'directory';
    const treatment = treatmentOf(this.#parts.tracking, { name, isDirectory, isAtTop });
    const facts = { name, size, mtimeS };
    if (kind !== 'directory') {
      if (kind === 'other' || treatment === 'ignore') return undefined;
      return { ...facts, key: name, form: kind };
    }
    // What is mounted here belongs to another file system. The mount point alone is counted.
    if (stats.dev !== parent.stats.dev) return undefined;
    switch (treatment) {
      case 'ignore':
        return { ...facts, key: name, form: 'untracked' };
      case 'bundle':
        return { ...facts, key: name, form: 'bundle' };
      case 'track': {
        using directory = parent.openChild(name);
        const head = directory && headOf(directory, this.#parts.top ?? parent);
        return head === undefined
          ? { ...facts, key: `${name}/`, form: 'tree' }
          : { ...facts, key: name, form: 'repository', head };
      }
    }
  }

  /** Resolves to whether the child is tracked, and tells the scope whether that is news. */
  async #child(parent: Directory, scope: Scope, child: Child): Promise<boolean> {
    const { name, form, mtimeS } = child;
    const path = scope.prefix + name;
    switch (form) {
      case 'file':
        return await this.#leaf(scope, child, '100644', fileBlob(name, child));
      case 'link': {
        const target = parent.readLink(name);
        if (target === undefined) return false;
        return await this.#leaf(scope, child, '120000', target);
      }
      case 'tree': {
        using directory = parent.openChild(name);
        if (directory === undefined) return false;
        const wasTracked = this.#recorded?.path.startsWith(`${path}/`) ?? false;
        const isTracked = await this.#directory(directory, `${path}/`);
        if (wasTracked !== isTracked) scope.isTouched = true;
        return isTracked;
      }
      case 'untracked':
      case 'repository':
      case 'bundle': {
        using directory = parent.openChild(name);
        if (directory === undefined) return false;
        const counts = new Tally(this.#tally);
        await measure(directory, counts, this.#parts.pace);
        // The whole counted the directory itself when it was met.
        counts.addToPart(directory.stats);
        if (form === 'untracked') {
          if (path === '.git') this.#gitTally = counts;
          return false;
        }
        const content = wholeBlob(name, { mtimeS, counts, head: child.head });
        return await this.#leaf(scope, child, '100644', content);
      }
    }
  }

  async #leaf(scope: Scope, child: Child, mode: EntryMode, content: ByteString): Promise<true> {
    const path = scope.prefix + child.name;
    const before = this.#recorded?.path === path ? this.#recorded : undefined;
    if (before !== undefined) await this.#parts.recorded.advance();
    if (before !== undefined && (await this.#isCurrent(before, child, mode, content))) return true;
    scope.isTouched = true;
    await this.#parts.onDifference({
      path,
      isEntry: true,
      isRecorded: before !== undefined,
      now: { mode, content },
      isBundle: child.form === 'bundle',
    });
    return true;
  }

  async #isCurrent(
    before: RecordedEntry,
    child: Child,
    mode: EntryMode,
    content: ByteString,
  ): Promise<boolean> {
    if (before.mode !== mode) return false;
    if (before.id === blobId(content)) return true;
    if (child.form !== 'repository' && child.form !== 'bundle') return false;
    // Counts within move all the time. Only another commit, or another mtime of a bundle, is news.
    const stored = await this.#parts.objects.read(before.id);
    const recorded = parseBlob(stored?.content ?? Buffer.alloc(0));
    return child.form === 'repository'
      ? recorded.get('submodule') === child.head
      : !recorded.has('submodule') &&
          recorded.has('dirs') &&
          recorded.get('mtime') === String(child.mtimeS);
  }

  /** Reports as gone what was recorded up to here and was not met by the walk. */
  async #passRecorded(scope: Scope, isBefore: (path: ByteString) => boolean): Promise<void> {
    for (let entry = this.#recorded; entry && isBefore(entry.path); entry = this.#recorded) {
      await this.#parts.recorded.advance();
      if (entry.path === scope.prefix + TREE_FILE) {
        scope.treeFile = entry;
      } else if (!isStub(entry.path)) {
        scope.isTouched = true;
        const isEntry = !entry.path.endsWith(`/${TREE_FILE}`);
        await this.#gone(entry, isEntry);
      }
    }
  }

  /** A directory's own text follows its entries; its mtime alone is no reason to write it. */
  async #treeFile(directory: Directory, scope: Scope): Promise<void> {
    const { treeFile, isTracked, isTouched, prefix } = scope;
    if (!isTracked) {
      if (treeFile !== undefined) await this.#gone(treeFile, false);
      return;
    }
    if (!isTouched) return;
    const name = prefix.slice(prefix.lastIndexOf('/', prefix.length - 2) + 1, -1);
    const content = directoryBlob(name, directory.stats.mtimeS);
    if (treeFile?.id === blobId(content)) return;
    await this.#parts.onDifference({
      path: prefix + TREE_FILE,
      isEntry: false,
      isRecorded: treeFile !== undefined,
      now: { mode: '100644', content },
      isBundle: false,
    });
  }

  async #gone({ path }: RecordedEntry, isEntry: boolean): Promise<void> {
    const { onDifference } = this.#parts;
    await onDifference({ path, isEntry, isRecorded: true, now: undefined, isBundle: false });
  }

  get #recorded(): RecordedEntry | undefined {
    return this.#parts.recorded.current;
  }
}

/** What is known of a directory while its entries pass. */
class Scope {
  readonly prefix: ByteString;
  /** Something in it is tracked. */
  isTracked = false;
  /** An entry directly in it came, went or changed. */
  isTouched = false;
  treeFile: RecordedEntry | undefined;

  constructor(prefix: ByteString) {
    this.prefix = prefix;
  }
}

/** The shadow's own files at the top, which no walk of the data meets. */
function isStub(path: ByteString): boolean {
  return isReserved(path) && !path.includes('/');
}
