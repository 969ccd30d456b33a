// Which files some process may write to at this moment, as /proc tells: by an open descriptor, or
// by a mapping that is shared and writable. Files are known by device and inode, never by their path,
// which another process may see differently. What holds a file without a process, such as a loop
// device, is not seen.
import { lstatSync, readdirSync, readFileSync, statSync, type BigIntStats } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { errnoOrThrow } from '../tree/errno.ts';
import { printablePath } from '../tree/names.ts';

export type Writer = Readonly<{ pid: number; command: string; how: 'open' | 'mapped' }>;

/** A file, wherever its names are. */
export type FileId = Readonly<{ dev: bigint; ino: bigint }>;

export class OpenFiles {
  /** How many processes it was not allowed to look into. */
  processesUnseen = 0;
  readonly #writers = new Map<bigint, { dev: bigint; writer: Writer }[]>();

  add({ dev, ino }: FileId, writer: Writer): void {
    const known = this.#writers.get(ino);
    if (known) known.push({ dev, writer });
    else this.#writers.set(ino, [{ dev, writer }]);
  }

  /** One of those who may write to the file. */
  writerOf({ dev, ino }: FileId): Writer | undefined {
    return this.#writers.get(ino)?.find((one) => one.dev === dev)?.writer;
  }

  /** Whether any file of the device may be written to. */
  isAnyOn(device: bigint): boolean {
    return [...this.#writers.values()].some((list) => list.some(({ dev }) => dev === device));
  }
}

/** Gives way to the rest of the daemon after so much work. */
const SLICE_MS = 8;
/** The bit of a descriptor's link that says that it was opened for writing; see proc_pid_fd(5). */
const MAY_WRITE = 0o200n;
/** A line of proc_pid_maps(5) about a file that is mapped shared and writable: its address range. */
const SHARED_WRITABLE = /^([0-9a-f]+-[0-9a-f]+) .w.s \S+ \S+ [1-9]/gm;

/** Looks into every process. Throws the signal's reason when it is aborted. */
export async function findOpenFiles(signal: AbortSignal): Promise<OpenFiles> {
  signal.throwIfAborted();
  const open = new OpenFiles();
  let sliceStartMs = performance.now();
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    look(open, pid);
    if (performance.now() - sliceStartMs < SLICE_MS) continue;
    await setImmediate();
    signal.throwIfAborted();
    sliceStartMs = performance.now();
  }
  return open;
}

function look(open: OpenFiles, pid: number): void {
  try {
    for (const file of openedBy(pid)) open.add(file, writerOf(pid, 'open'));
    for (const file of mappedBy(pid)) open.add(file, writerOf(pid, 'mapped'));
  } catch (error) {
    const errno = errnoOrThrow(error);
    if (errno === 'EACCES' || errno === 'EPERM') open.processesUnseen++;
    else if (errno !== 'ENOENT' && errno !== 'ESRCH') throw error;
  }
}

function* openedBy(pid: number): Generator<FileId> {
  const directory = `/proc/${pid}/fd`;
  for (const name of readdirSync(directory)) {
    const path = `${directory}/${name}`;
    const link = lstatSync(path, { bigint: true, throwIfNoEntry: false });
    if (link && (link.mode & MAY_WRITE) !== 0n) yield* regularFile(path);
  }
}

function* mappedBy(pid: number): Generator<FileId> {
  const maps = readFileSync(`/proc/${pid}/maps`, 'latin1');
  // Some file systems number their devices differently here, so the file itself is asked.
  for (const [, range = ''] of maps.matchAll(SHARED_WRITABLE))
    yield* regularFile(`/proc/${pid}/map_files/${range}`);
}

function* regularFile(path: string): Generator<FileId> {
  const stats: BigIntStats | undefined = statSync(path, { bigint: true, throwIfNoEntry: false });
  if (stats?.isFile()) yield { dev: stats.dev, ino: stats.ino };
}

function writerOf(pid: number, how: Writer['how']): Writer {
  const command = readFileSync(`/proc/${pid}/comm`, 'utf8').trimEnd();
  return { pid, command: printablePath(command), how };
}
