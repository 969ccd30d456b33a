// Entries that go to the driver together. A batch holds pins on the directories of its entries, so
// that their descriptors stay open until the driver has answered.
import type { Entry } from './attribute-driver.ts';
import type { Directory, DirectoryHandles } from './directory-handles.ts';
import type { ByteName } from './names.ts';

/** Far more than it takes to make up for starting processes; far less than a second of work. */
const ENTRIES_MAX = 8192;
/** Each of them is an open descriptor. */
export const DIRECTORIES_MAX = 256;

export class Batch {
  readonly entries: Entry[] = [];
  /** The directory that each entry is in, or is. */
  readonly directories: Directory[] = [];
  readonly #pinned = new Set<Directory>();

  get isEmpty(): boolean {
    return this.entries.length === 0;
  }

  get isFull(): boolean {
    return this.entries.length >= ENTRIES_MAX || this.#pinned.size >= DIRECTORIES_MAX;
  }

  /** Adds an entry of a directory that is pinned now; `.` is the directory itself. */
  async add(directory: Directory, name: ByteName, handles: DirectoryHandles): Promise<void> {
    if (!this.#pinned.has(directory)) {
      await handles.pin(directory);
      this.#pinned.add(directory);
    }
    if (directory.fd === undefined) throw new Error('a directory with a pin has been closed');
    this.entries.push({ fd: directory.fd, name });
    this.directories.push(directory);
  }

  release(handles: DirectoryHandles): void {
    for (const directory of this.#pinned) handles.unpin(directory);
  }
}
