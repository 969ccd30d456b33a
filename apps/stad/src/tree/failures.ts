// What went wrong on single entries: all of it in numbers and in a list, a few of it by name,
// and what it means for the tree as a whole.
import { basename } from 'node:path';
import { FilesFault, type FilesFaultCode } from '@permafrost/workflow-core';
import { type EntryTrouble, FailureList, type ListPlace } from './failure-list.ts';
import { type ByteName, printed } from './names.ts';

/** Enough to go and look; the message must fit a terminal. */
const EXAMPLES_MAX = 3;
/** So many are told apart where little room is. */
const KINDS_MAX = 3;

type Meaning = readonly [code: FilesFaultCode, retry: 'later' | 'never', words: string];

const NO_PRIVILEGE: Meaning = [
  'FILES_NO_PRIVILEGE',
  'never',
  'CAP_LINUX_IMMUTABLE, CAP_FOWNER or CAP_DAC_READ_SEARCH is missing',
];
/** How file systems refuse that do not keep the attribute. */
export const NOT_KEPT: readonly string[] = ['ENOTTY', 'EOPNOTSUPP'];
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
  ...NOT_KEPT.map((errno) => [errno, NO_ATTRIBUTES] as const),
  ['ENOSPC', NO_SPACE],
  ['EDQUOT', NO_SPACE],
  ['mutable', ['FILES_NOT_FROZEN', 'later', 'entries can still be changed after the freeze']],
]);

export class Failures {
  readonly #list: FailureList;
  readonly #byErrno = new Map<string, number>();
  readonly #examples: ByteName[] = [];
  #count = 0;
  /** Set when the walk was ended early, so that there may be more. */
  isCutShort = false;

  /** Without a list they are counted only. */
  constructor(list: FailureList = new FailureList()) {
    this.#list = list;
  }

  get count(): number {
    return this.#count;
  }

  add(trouble: EntryTrouble): void {
    const { errno, path } = trouble;
    this.#count++;
    this.#byErrno.set(errno, (this.#byErrno.get(errno) ?? 0) + 1);
    if (this.#examples.length < EXAMPLES_MAX) this.#examples.push(path);
    this.#list.add(trouble);
  }

  has(...errnos: readonly string[]): boolean {
    return errnos.some((errno) => this.#byErrno.has(errno));
  }

  /** The fault that a walk over these failures ends in; `what` is what was tried, on which path. */
  async toFault(what: string): Promise<FilesFault> {
    const known = [...MEANINGS.keys()].find((errno) => this.#byErrno.has(errno));
    const [code, retry, words] = MEANINGS.get(known ?? '') ?? IO;
    const place = await this.#list.keep();
    const paths = this.#examples.map((path) => printed(path === '' ? '.' : path));
    const examples = paths.join(', ');
    return new FilesFault(
      code,
      `${what}: ${this.#counts(Infinity)}; ${words}${listed(place, (file) => file)}: ${examples}`,
      {
        retry,
        brief: `${this.#counts(KINDS_MAX)}${listed(place, besideShadow)}: ${examples}`,
      },
    );
  }

  /** Such as `3 entries failed: 2 × EPERM, 1 × EIO`, with the most frequent kinds first. */
  #counts(kindsMax: number): string {
    const kinds = [...this.#byErrno].toSorted(([, a], [, b]) => b - a);
    const shown = kinds.slice(0, kindsMax).map(([errno, count]) => `${count} × ${errno}`);
    if (shown.length < kinds.length) shown.push('others');
    const atLeast = this.isCutShort ? 'at least ' : '';
    const entries = this.#count === 1 ? 'entry' : 'entries';
    return `${atLeast}${this.#count} ${entries} failed: ${shown.join(', ')}`;
  }
}

function listed(place: ListPlace | undefined, name: (file: string) => string): string {
  if (!place) return '';
  return 'file' in place ? `; all in ${name(place.file)}` : `; no list of them: ${place.errno}`;
}

/** The whole path does not fit; that of the shadow repo stands in the status of its repo. */
function besideShadow(file: string): string {
  return `${basename(file)} beside the shadow repo`;
}
