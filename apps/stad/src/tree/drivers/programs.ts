// Runs a program on many entries: through `xargs -0`, because names are bytes and Node can pass
// only UTF-8 as arguments.
//
// The program inherits the descriptors of the directories and gets each name as
// /proc/self/fd/N/name, which leads to that very directory whatever happens to its path. The
// names come from a file without a name rather than through a pipe: if this process is killed, a
// pipe ends in the middle, and xargs would take half of a name for a whole one.
import { randomUUID } from 'node:crypto';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FilesFault } from '@permafrost/workflow-core';
import { execa } from 'execa';
import type { Entry } from '../attribute-driver.ts';
import { errnoOf } from '../errno.ts';
import { bytesOf, type ByteName, printableName } from '../names.ts';

/** Standard input, output and errors come first. */
const FIRST_INHERITED = 3;

/** What xargs(1) says when the program cannot be run, or is not there. */
const XARGS_CANNOT_RUN = [126, 127];

export type ProgramResult = Readonly<{
  /** True when the program had nothing to complain about. */
  ok: boolean;
  /** One character a byte. */
  stdout: string;
}>;

/** A batch of entries and the paths under which a program finds them. */
export type ProgramArguments = Readonly<{
  paths: readonly ByteName[];
  fds: readonly number[];
}>;

export function argumentsFor(entries: readonly Entry[]): ProgramArguments {
  const slots = new Map<number, number>();
  const paths = entries.map(({ fd, name }) => {
    const slot = slots.get(fd) ?? FIRST_INHERITED + slots.size;
    slots.set(fd, slot);
    return `/proc/self/fd/${slot}/${name}`;
  });
  return { paths, fds: [...slots.keys()] };
}

/**
 * Runs `program` on the paths, split over several processes as xargs sees fit, one after the
 * other. Resolves or rejects when none of them is left: also when the signal is aborted, which
 * stops them between two entries, since an entry is one system call.
 */
export async function runOn(
  program: readonly string[],
  { paths, fds }: ProgramArguments,
  signal: AbortSignal,
): Promise<ProgramResult> {
  await using names = await unnamedFile(bytesOf(paths.map((path) => `${path}\0`).join('')));
  signal.throwIfAborted();
  const child = execa('xargs', ['-0', '-r', ...program, '--'], {
    // Execa takes any descriptor; its types know those up to 9.
    stdio: [names.fd, 'pipe', 'pipe', ...fds] as [0, 'pipe', 'pipe', ...3[]],
    encoding: 'latin1',
    stripFinalNewline: false,
    reject: false,
    env: { LC_ALL: 'C' },
    // A process group of its own: it can be ended as a whole, and a Ctrl-C that is meant for this
    // process does not tear a batch.
    detached: true,
    cleanup: false,
  });
  const stop = (): void => killGroup(child.pid);
  signal.addEventListener('abort', stop, { once: true });
  try {
    // Settles when the pipes are closed by all who hold them, and so after the last process.
    const { exitCode, code, failed, stdout, stderr } = await child;
    signal.throwIfAborted();
    if (code === 'ENOENT' || XARGS_CANNOT_RUN.includes(exitCode ?? 0))
      throw missing(program[0] ?? '', code === 'ENOENT' ? 'xargs' : stderr);
    if (exitCode === undefined && code !== undefined) throw notStarted(code);
    return { ok: !failed, stdout };
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

async function unnamedFile(content: Buffer): Promise<FileHandle> {
  const path = join(tmpdir(), `permafrost-${randomUUID()}`);
  try {
    const file = await open(path, 'wx+', 0o600);
    await unlink(path);
    // At a position, so that whoever inherits the descriptor reads from the beginning.
    const { bytesWritten } = await file.write(content, 0, content.length, 0);
    if (bytesWritten === content.length) return file;
    await file.close();
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === undefined) throw error;
    if (errno !== 'ENOSPC' && errno !== 'EDQUOT')
      throw new FilesFault('FILES_IO', `temporary file ${path}: ${errno}`, {
        retry: 'later',
        cause: error,
      });
  }
  throw new FilesFault('FILES_NO_SPACE', `temporary file ${path}: the disk is full`, {
    retry: 'later',
  });
}

function killGroup(leader: number | undefined): void {
  if (leader === undefined) return;
  try {
    process.kill(-leader, 'SIGTERM');
  } catch (error) {
    // It has ended by itself.
    if (errnoOf(error) !== 'ESRCH') throw error;
  }
}

function missing(program: string, words: string): FilesFault {
  const told = printableName(bytesOf(words.split('\n')[0] ?? ''));
  return new FilesFault('FILES_NO_PROGRAM', `xargs and ${program} are needed: ${told}`, {
    retry: 'never',
  });
}

function notStarted(errno: string): FilesFault {
  return new FilesFault('FILES_IO', `xargs could not be started: ${errno}`, { retry: 'later' });
}
