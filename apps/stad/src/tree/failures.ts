// What went wrong on single entries: all of it in numbers, a few of it by name, and what it means
// for the tree as a whole.
import { FilesFault, type FilesFaultCode } from '@permafrost/workflow-core';
import { bytesOf, type ByteName, printableName } from './names.ts';

/** Enough to go and look; the message must fit a terminal. */
const EXAMPLES_MAX = 3;

type Meaning = readonly [code: FilesFaultCode, retry: 'later' | 'never', words: string];

const NO_PRIVILEGE: Meaning = [
  'FILES_NO_PRIVILEGE',
  'never',
  'CAP_LINUX_IMMUTABLE, CAP_FOWNER or CAP_DAC_READ_SEARCH is missing',
];
const NO_ATTRIBUTES: Meaning = [
  'FILES_NO_ATTRIBUTES',
  'never',
  'the file system does not keep the immutable attribute',
];
const NO_SPACE: Meaning = ['FILES_NO_SPACE', 'later', 'the disk is full'];
const IO: Meaning = ['FILES_IO', 'later', 'input or output failed'];

/** In the order of what counts when several apply: what has to be mended first, comes first. */
const MEANINGS: ReadonlyMap<string, Meaning> = new Map([
  ['EPERM', NO_PRIVILEGE],
  ['EACCES', NO_PRIVILEGE],
  ['EROFS', ['FILES_READ_ONLY', 'never', 'the file system is read-only']],
  ['ENOTTY', NO_ATTRIBUTES],
  ['EOPNOTSUPP', NO_ATTRIBUTES],
  ['ENOSPC', NO_SPACE],
  ['EDQUOT', NO_SPACE],
  ['mutable', ['FILES_NOT_FROZEN', 'later', 'entries can still be changed after the freeze']],
]);

export class Failures {
  readonly #byErrno = new Map<string, number>();
  readonly #examples: ByteName[] = [];
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** An entry in the wrong state is given with that state instead of an errno. */
  add(errno: string, pathBelowTop: ByteName): void {
    this.#count++;
    this.#byErrno.set(errno, (this.#byErrno.get(errno) ?? 0) + 1);
    if (this.#examples.length < EXAMPLES_MAX) this.#examples.push(pathBelowTop);
  }

  has(...errnos: readonly string[]): boolean {
    return errnos.some((errno) => this.#byErrno.has(errno));
  }

  /** The fault that a walk over these failures ends in; `what` is what was tried, on which path. */
  toFault(what: string): FilesFault {
    const known = [...MEANINGS.keys()].find((errno) => this.#byErrno.has(errno));
    const [code, retry, words] = MEANINGS.get(known ?? '') ?? IO;
    const kinds = [...this.#byErrno].map(([errno, count]) => `${count} ${errno}`).join(', ');
    const paths = this.#examples.map((path) => printableName(bytesOf(path === '' ? '.' : path)));
    return new FilesFault(code, `${what}: ${words} (${kinds}): ${paths.join(', ')}`, { retry });
  }
}
