// Runs a program on many entries: through `xargs -0`, because names are bytes and Node can pass
// only UTF-8 as arguments.
//
// The programs work in /proc/PID/fd of this process, where `N/name` is an entry of the directory
// that this process holds open as N, whatever has become of its path. Should this process die,
// nothing is to be found there any more, and that before the pipe to xargs ends: so programs that
// outlive it reach nothing, and neither does a name that the end of the pipe has cut short.
import { FilesFault } from '@permafrost/workflow-core';
import { execa } from 'execa';
import { errnoOf } from '../errno.ts';
import { bytesOf, type ByteName, printableName } from '../names.ts';

/** What xargs(1) says when the program cannot be run, or is not there. */
const XARGS_CANNOT_RUN = [126, 127];

export type ProgramResult = Readonly<{
  /** True when the program had nothing to complain about. */
  ok: boolean;
  /** One character a byte. */
  stdout: string;
}>;

/**
 * Runs `program` on the paths, split over several processes as xargs sees fit, one after the
 * other. Resolves or rejects when none of them is left: also when the signal is aborted, which
 * stops them between two entries, since an entry is one system call. Throws {@link FilesFault} when
 * the program cannot be run at all.
 */
export async function runOn(
  program: readonly [name: string, ...options: string[]],
  paths: readonly ByteName[],
  signal: AbortSignal,
): Promise<ProgramResult> {
  signal.throwIfAborted();
  const child = execa('xargs', ['-0', '-r', ...program, '--'], {
    cwd: `/proc/${process.pid}/fd`,
    input: bytesOf(`${paths.join('\0')}\0`),
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
    if (code === 'ENOENT') throw missing(program[0], 'xargs is not there');
    if (XARGS_CANNOT_RUN.includes(exitCode ?? 0)) throw missing(program[0], stderr);
    if (exitCode === undefined && code !== undefined) throw notStarted(code);
    return { ok: !failed, stdout };
  } finally {
    signal.removeEventListener('abort', stop);
  }
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
