// A disk that FakeTree and FakeShadow share: entries with immutable flags that hold against users,
// and the shadow repos beside them. It outlives the daemons.
import type { Author, Uuid } from '@permafrost/events';
import { isWithin, parentsOf } from '../storage/paths.ts';

export type EntryKind = 'dir' | 'file' | 'link' | 'other';

export type Entry = Readonly<{
  kind: EntryKind;
  immutable: boolean;
  mtimeMs: number;
  /** Stands for the content. */
  content: string;
}>;

/** One commit of a shadow repo. */
export type ShadowCommit = Readonly<{
  commit: string;
  author: Author;
  attrs: '' | 'i';
  /** What was recorded: one line for each entry, without flags. */
  listing: string;
}>;

export type FakeShadowRepo = { readonly path: string; readonly commits: ShadowCommit[] };

/** A user's write was refused because of a flag. */
export class ImmutableEntryError extends Error {
  readonly code = 'EPERM';

  constructor(path: string) {
    super(`operation not permitted: ${path}`);
    this.name = 'ImmutableEntryError';
  }
}

export class FakeDisk {
  /** Who has files of a tree open for writing, by its path. */
  readonly writers: Map<string, string> = new Map();
  readonly #entries = new Map<string, Entry>();
  readonly shadows: Map<Uuid, FakeShadowRepo> = new Map<Uuid, FakeShadowRepo>();
  #ticks = 0;

  /** Adds or overwrites an entry as a user does, with its parents. Throws where a flag forbids it. */
  write(
    path: string,
    { kind = 'file', content = '' }: Partial<Pick<Entry, 'kind' | 'content'>> = {},
  ): void {
    const known = this.#entries.get(path);
    if (!known) this.#addTo(parentOf(path));
    if (known?.immutable) throw new ImmutableEntryError(path);
    this.#entries.set(path, { kind, content, immutable: false, mtimeMs: this.#tick() });
  }

  /** Removes an entry and all below, as a user does. Throws where a flag forbids it. */
  remove(path: string): void {
    const parent = this.#entries.get(parentOf(path));
    if (parent?.immutable) throw new ImmutableEntryError(parentOf(path));
    const within = this.pathsWithin(path);
    for (const each of within)
      if (this.#entries.get(each)?.immutable) throw new ImmutableEntryError(each);
    for (const each of within) this.#entries.delete(each);
  }

  get(path: string): Entry | undefined {
    return this.#entries.get(path);
  }

  /** Sets or clears a flag, as only the privileged can. False when it was so already. */
  setImmutable(path: string, immutable: boolean): boolean {
    const entry = this.#entries.get(path);
    if (!entry || entry.immutable === immutable) return false;
    this.#entries.set(path, { ...entry, immutable });
    return true;
  }

  /** A path and all below it that there is, in the order of the paths. */
  pathsWithin(top: string): readonly string[] {
    return [...this.#entries.keys()].filter((path) => isWithin(path, top)).sort();
  }

  /** The entries right below a directory. */
  childrenOf(dir: string): readonly string[] {
    return this.pathsWithin(dir).filter((path) => path !== dir && parentOf(path) === dir);
  }

  /** Whether all that can bear the flag below a path has it, nothing has it, or it is mixed. */
  flagsWithin(top: string): 'all' | 'none' | 'mixed' {
    const flags = this.pathsWithin(top)
      .map((path) => this.#entries.get(path))
      .filter((entry) => entry?.kind === 'dir' || entry?.kind === 'file')
      .map((entry) => entry?.immutable === true);
    if (flags.every((flag) => !flag)) return 'none';
    return flags.every((flag) => flag) ? 'all' : 'mixed';
  }

  /** What a shadow repo records of a tree: flags excluded, since `attrs` says them. */
  listing(top: string): string {
    return this.pathsWithin(top)
      .map((path) => {
        const entry = this.#entries.get(path);
        return `${path} ${entry?.kind ?? ''} ${(entry?.mtimeMs ?? 0).toString()} ${entry?.content ?? ''}`;
      })
      .join('\n');
  }

  #addTo(dir: string): void {
    const known = this.#entries.get(dir);
    if (known?.immutable) throw new ImmutableEntryError(dir);
    if (!known && dir !== '/') this.#addTo(parentOf(dir));
    this.#entries.set(dir, { kind: 'dir', content: '', immutable: false, mtimeMs: this.#tick() });
  }

  #tick(): number {
    return ++this.#ticks;
  }
}

function parentOf(path: string): string {
  for (const parent of parentsOf(path)) return parent;
  return '/';
}
