// What a commit has recorded, entry by entry in git's order, which is the order of the bytes of
// the whole path. Only a piece of the listing is in memory at any time.
import type { ByteString } from '../byte-string.ts';
import type { Git, GitCommand } from './git.ts';

export type RecordedEntry = Readonly<{ path: ByteString; mode: string; id: string }>;

export class RecordedTree implements AsyncDisposable {
  readonly #listing: GitCommand;
  readonly #chunks: AsyncIterator<Buffer, undefined>;
  #records: string[] = [];
  #next = 0;
  #rest = '';
  #current: RecordedEntry | undefined;

  private constructor(listing: GitCommand) {
    this.#listing = listing;
    this.#chunks = listing.chunks();
  }

  static async open(git: Git, commit: string): Promise<RecordedTree> {
    const tree = new RecordedTree(
      git.start(['ls-tree', '-r', '-z', '--full-tree', commit], 'stream'),
    );
    await tree.advance();
    return tree;
  }

  /** The first entry that was not passed yet; undefined at the end. */
  get current(): RecordedEntry | undefined {
    return this.#current;
  }

  async advance(): Promise<void> {
    while (this.#next === this.#records.length) {
      if (!(await this.#readChunk())) {
        this.#current = undefined;
        return;
      }
    }
    this.#current = parseRecord(this.#records[this.#next++] ?? '');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#listing[Symbol.asyncDispose]();
  }

  async #readChunk(): Promise<boolean> {
    const { done, value } = await this.#chunks.next();
    if (done === true) return false;
    const records = (this.#rest + value.toString('latin1')).split('\0');
    this.#rest = records.pop() ?? '';
    this.#records = records;
    this.#next = 0;
    return true;
  }
}

/** `<mode> <type> <id>\t<path>`; the ids of our repos are SHA-1. */
function parseRecord(record: string): RecordedEntry {
  const tab = record.indexOf('\t');
  return {
    path: record.slice(tab + 1),
    mode: record.slice(0, 6),
    id: record.slice(tab - 40, tab),
  };
}
