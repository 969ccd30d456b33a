// A file that was removed or replaced stays usable for whoever has it open, and everything written to
// it is lost with the last of them. SQLite does not look; so this does, before a commit is acknowledged.
import { statSync } from 'node:fs';
import { JournalUnusableError } from '../errors.ts';

/**
 * How long a look is good for, in milliseconds. With the file is lost all that was ever acknowledged,
 * so that what is acknowledged for some milliseconds more changes nothing.
 */
export const LOOK_GOOD_MS = 5;

export class FilesInPlace {
  readonly #path: string;
  readonly #opened: readonly FileIdentity[];
  #lookedMs = -Infinity;
  #lost: JournalUnusableError | undefined;

  /** The database at `path` must be open. */
  constructor(path: string) {
    this.#path = path;
    this.#opened = identitiesOf(path);
  }

  /** As {@link look}, if the last look is too old. */
  lookNowAndThen(): void {
    if (performance.now() - this.#lookedMs > LOOK_GOOD_MS) this.look();
    else this.assertNotLost();
  }

  /** Throws {@link JournalUnusableError} when other files are found there now, or none. */
  look(): void {
    this.#lookedMs = performance.now();
    const found = identitiesOf(this.#path);
    if (found.some((file, i) => file !== 'unknown' && file !== this.#opened[i])) {
      this.#lost ??= new JournalUnusableError(
        `the journal ${this.#path} was removed or replaced while it was in use, and what is written now would be lost: stop all daemons, put the right file back, and start them again`,
      );
    }
    this.assertNotLost();
  }

  /** Throws what {@link look} has thrown before, also if the files have come back since. */
  assertNotLost(): void {
    if (this.#lost) throw this.#lost;
  }
}

/** `unknown`: it cannot be looked at, which says nothing about the open file. */
type FileIdentity = `${bigint}:${bigint}` | 'none' | 'unknown';

/** Of the database and of its write-ahead log, which belong together. */
function identitiesOf(path: string): readonly FileIdentity[] {
  return [path, `${path}-wal`].map((file) => {
    try {
      const stat = statSync(file, { bigint: true, throwIfNoEntry: false });
      return stat ? (`${stat.dev}:${stat.ino}` as const) : 'none';
    } catch {
      return 'unknown';
    }
  });
}
