// Pretends: remembers in a file which entries would be immutable, and protects nothing. For machines
// where the real attribute cannot be set, to try Permafrost out and to test it.
import type { BigIntStats } from 'node:fs';
import { lstatSync } from 'node:fs';
import { appendFile, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { FilesFault } from '@permafrost/workflow-core';
import type { AttributeDriver, Entry, FlagState, Outcome } from '../attribute-driver.ts';
import { errnoOf, errnoOrThrow } from '../errno.ts';
import { bytesOf } from '../names.ts';

export const SIMULATION_WARNING =
  'SIMULATED: the immutable attribute is only written down, and files are NOT protected';

/** One line a change: `+` or `-`, and which inode. */
const LOG_NAME = 'simulated-attributes';
const LINE = /^([+-])(\d+:\d+:\d+)$/;

/** Entries between two looks at what else the daemon has to do; a few milliseconds. */
const SLICE = 512;

export class SimulatedDriver implements AttributeDriver {
  readonly name = 'simulated';
  readonly #logPath: string;
  readonly #immutable: Set<string>;

  private constructor(logPath: string, immutable: Set<string>) {
    this.#logPath = logPath;
    this.#immutable = immutable;
  }

  /**
   * Takes up what an earlier run wrote down in `stateDir`. Only one process may use it at a time.
   * `announce` is told at once, and must pass it on to people.
   */
  static async open(
    stateDir: string,
    announce: (warning: string) => void,
  ): Promise<SimulatedDriver> {
    announce(SIMULATION_WARNING);
    const logPath = join(stateDir, LOG_NAME);
    try {
      await mkdir(stateDir, { recursive: true });
      const immutable = replay(await readFile(logPath, 'latin1').catch(emptyIfMissing));
      // Short again, and without the half of a line that a crash may have left.
      const lines = [...immutable].map((inode) => `+${inode}\n`);
      await writeFile(`${logPath}.new`, lines.join(''));
      await rename(`${logPath}.new`, logPath);
      return new SimulatedDriver(logPath, immutable);
    } catch (error) {
      throw logFault(logPath, error);
    }
  }

  read(entries: readonly Entry[], signal: AbortSignal): Promise<readonly Outcome[]> {
    return inSlices(entries, signal, (inode) => this.#stateOf(inode));
  }

  async write(
    entries: readonly Entry[],
    wanted: FlagState,
    signal: AbortSignal,
  ): Promise<readonly Outcome[]> {
    const sign = wanted === 'immutable' ? '+' : '-';
    const changed: string[] = [];
    const outcomes = await inSlices(entries, signal, (inode) => {
      if (this.#stateOf(inode) !== wanted) changed.push(inode);
      return wanted;
    });
    // Written down first: what is forgotten by a crash must not have been promised.
    await appendFile(this.#logPath, changed.map((inode) => `${sign}${inode}\n`).join('')).catch(
      (error: unknown) => {
        throw logFault(this.#logPath, error);
      },
    );
    for (const inode of changed) {
      if (wanted === 'immutable') this.#immutable.add(inode);
      else this.#immutable.delete(inode);
    }
    return outcomes;
  }

  #stateOf(inode: string): FlagState {
    return this.#immutable.has(inode) ? 'immutable' : 'mutable';
  }
}

function replay(log: string): Set<string> {
  const immutable = new Set<string>();
  for (const line of log.split('\n')) {
    const [, sign, inode] = LINE.exec(line) ?? [];
    if (inode === undefined) continue;
    if (sign === '+') immutable.add(inode);
    else immutable.delete(inode);
  }
  return immutable;
}

async function inSlices(
  entries: readonly Entry[],
  signal: AbortSignal,
  visit: (inode: string) => FlagState,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const [index, entry] of entries.entries()) {
    if (index % SLICE === 0) {
      await setImmediate();
      signal.throwIfAborted();
    }
    outcomes.push(visitInode(entry, visit));
  }
  return outcomes;
}

function visitInode({ fd, name }: Entry, visit: (inode: string) => FlagState): Outcome {
  try {
    const stats = lstatSync(bytesOf(`/proc/self/fd/${fd}/${name}`), { bigint: true });
    if (!stats.isFile() && !stats.isDirectory()) return { errno: 'ENOENT' };
    return visit(inodeKey(stats));
  } catch (error) {
    return { errno: errnoOrThrow(error) };
  }
}

/** With its time of birth, since the number of a deleted inode is soon used again. */
function inodeKey({ dev, ino, birthtimeNs }: BigIntStats): string {
  return `${dev}:${ino}:${birthtimeNs}`;
}

function emptyIfMissing(error: unknown): string {
  if (errnoOf(error) === 'ENOENT') return '';
  throw error;
}

function logFault(path: string, error: unknown): FilesFault {
  const errno = errnoOrThrow(error);
  const isFull = errno === 'ENOSPC' || errno === 'EDQUOT';
  return new FilesFault(isFull ? 'FILES_NO_SPACE' : 'FILES_IO', `${path}: ${errno}`, {
    retry: 'later',
    cause: error,
  });
}
