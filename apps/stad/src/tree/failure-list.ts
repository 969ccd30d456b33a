// The list of all entries that one run over a tree has failed on, in a file. However many they are,
// only a few lines are held in memory; and whatever becomes of the list, the run's own failure counts.
import { closeSync, fsync, openSync, rmSync, writeFileSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { isUtf8 } from 'node:buffer';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { errnoOf, errnoOrThrow } from './errno.ts';
import { type ByteName, bytesOf, printableName } from './names.ts';

export type EntryTrouble = Readonly<{
  path: ByteName;
  /** An errno; or the state of an entry that can be read and is not as it should be. */
  errno: string;
  doing: 'open' | 'list' | 'set' | 'clear' | 'verify';
}>;

/** Where the list is, or why there is none. */
export type ListPlace = Readonly<{ file: string } | { errno: string }>;

const CHUNK_CHARS = 64 * 1024;
const sync = promisify(fsync);

export class FailureList implements Disposable {
  readonly #file: string | undefined;
  #fd: number | undefined;
  #unwritten = '';
  #errno: string | undefined;

  /** Without a file nothing is listed. */
  constructor(file?: string) {
    this.#file = file;
  }

  /** Never throws for what the disk does: that is told by {@link keep}. */
  add(trouble: EntryTrouble): void {
    if (this.#file === undefined || this.#errno !== undefined) return;
    this.#unwritten += lineOf(trouble);
    if (this.#unwritten.length >= CHUNK_CHARS) this.#attempt(() => this.#write());
  }

  /** Puts the list in the place of an older one, whole and for good, or leaves none at all. */
  async keep(): Promise<ListPlace | undefined> {
    const file = this.#file;
    if (file === undefined) return undefined;
    this.#attempt(() => this.#write());
    try {
      if (this.#errno === undefined && this.#fd !== undefined) await sync(this.#fd);
      this.#close();
      if (this.#errno === undefined) await putInPlace(draftOf(file), file);
    } catch (error) {
      this.#errno = errnoOrThrow(error);
    }
    if (this.#errno === undefined) return { file };
    // An old list would be taken for this one.
    this.remove();
    return { errno: this.#errno };
  }

  /** Takes an older list away: there is nothing left to mend. */
  remove(): void {
    if (this.#file !== undefined) removeIfPossible(this.#file);
  }

  [Symbol.dispose](): void {
    this.#close();
    if (this.#file !== undefined) removeIfPossible(draftOf(this.#file));
  }

  #write(): void {
    this.#fd ??= openSync(draftOf(this.#file ?? ''), 'w', 0o600);
    writeFileSync(this.#fd, this.#unwritten);
    this.#unwritten = '';
  }

  #close(): void {
    const fd = this.#fd;
    this.#fd = undefined;
    if (fd !== undefined) this.#attempt(() => closeSync(fd));
  }

  #attempt(work: () => void): void {
    if (this.#errno !== undefined) return;
    try {
      work();
    } catch (error) {
      this.#errno = errnoOrThrow(error);
      this.#unwritten = '';
    }
  }
}

function draftOf(file: string): string {
  return `${file}.part`;
}

/** A path that is no UTF-8 has its bytes beside what is shown of it. */
function lineOf({ path, errno, doing }: EntryTrouble): string {
  const bytes = bytesOf(path === '' ? '.' : path);
  const shown = isUtf8(bytes)
    ? { path: bytes.toString() }
    : { path: printableName(bytes), pathBase64: bytes.toString('base64') };
  return `${JSON.stringify({ ...shown, errno, doing })}\n`;
}

async function putInPlace(draft: string, file: string): Promise<void> {
  await rename(draft, file);
  await using directory = await open(dirname(file));
  await directory.sync();
}

/** What cannot be removed does no harm to the tree. */
function removeIfPossible(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
  }
}
