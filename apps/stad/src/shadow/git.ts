// Runs git on one shadow repo, in an environment that depends on nothing but PATH, and turns each
// way to fail into a fault.
import { statfs } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { FilesFault } from '@permafrost/workflow-core';
import { execa, type Options, type ResultPromise } from 'execa';
import { errnoOf } from '../tree/errno.ts';
import { printablePath } from '../tree/names.ts';
import { cancelledFault } from './faults.ts';

const STDERR_CHARS_MAX = 500;
const KILL_AFTER_MS = 2000;
/** A disk with less than this is what made git fail. */
const FREE_BYTES_MIN = 1024 * 1024;

const CONFIG = [
  // A commit is evidence that a freeze happened: it must survive a power loss as the journal does.
  'core.fsync=committed,reference',
  'core.fsyncMethod=batch',
  // A hook would be a program that somebody else put there.
  'core.hooksPath=/dev/null',
  // Names that Windows or macOS take for `.git`, such as `git~1`, are names like any other here.
  'core.protectNTFS=false',
  'core.protectHFS=false',
].flatMap((setting) => ['-c', setting]);

/**
 * glibc returns zlib's state to the kernel after each object, and asks for it again. Told to keep
 * some memory instead, `git fast-import` is about ten times as fast.
 */
const MALLOC = {
  MALLOC_TRIM_THRESHOLD_: '268435456',
  MALLOC_TOP_PAD_: '67108864',
  MALLOC_MMAP_THRESHOLD_: '268435456',
};

export type GitOptions = Readonly<{ program: string; gitDir: string; signal: AbortSignal }>;

type Child = ResultPromise<Options & { reject: false }>;

export class Git {
  readonly gitDir: string;
  readonly #program: string;
  readonly #signal: AbortSignal;

  constructor({ program, gitDir, signal }: GitOptions) {
    this.gitDir = gitDir;
    this.#program = program;
    this.#signal = signal;
  }

  /** Runs a command to its end. Resolves to its output. */
  async run(args: readonly string[], input = ''): Promise<string> {
    await using command = this.start(args, 'collect');
    command.stdin.end(input, 'latin1');
    return await command.finished;
  }

  /** Starts a command. Its output is collected, or read as a stream. */
  start(args: readonly string[], output: 'collect' | 'stream'): GitCommand {
    const child = execa(this.#program, [...CONFIG, `--git-dir=${this.gitDir}`, ...args], {
      reject: false,
      stripFinalNewline: false,
      stdin: 'pipe',
      buffer: { stdout: output === 'collect' },
      cwd: '/',
      extendEnv: false,
      env: {
        ...MALLOC,
        PATH: process.env['PATH'],
        LC_ALL: 'C',
        HOME: '/nonexistent',
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_CONFIG_GLOBAL: '/dev/null',
      },
      cancelSignal: this.#signal,
      forceKillAfterDelay: KILL_AFTER_MS,
    }) as Child;
    return new GitCommand(child, { name: `git ${args[0] ?? ''}`, gitDir: this.gitDir });
  }
}

/** One running git. Disposing of it kills it if it still runs, and waits for its end. */
export class GitCommand implements AsyncDisposable {
  /** Resolves to the collected output at exit code 0, else rejects with a FilesFault. */
  readonly finished: Promise<string>;
  readonly #child: Child;

  constructor(child: Child, about: { name: string; gitDir: string }) {
    this.#child = child;
    // The exit tells why git stopped reading; a broken pipe is only the consequence.
    child.stdin?.on('error', () => undefined);
    this.finished = outcomeOf(child, about);
    // Whoever needs the outcome awaits it. A command that is only disposed of may fail unheard.
    this.finished.catch(() => undefined);
  }

  get stdin(): Writable {
    return present(this.#child.stdin);
  }

  /**
   * The output of a command that streams it. It ends only after git has ended well: what broke off
   * must not be taken for what is short. Rejects like `finished`.
   */
  async *chunks(): AsyncGenerator<Buffer, undefined> {
    const stdout: AsyncIterable<Buffer> = present(this.#child.stdout);
    try {
      for await (const chunk of stdout) yield chunk;
    } catch (error) {
      // The end of git says why its output failed.
      await this.finished;
      throw error;
    }
    await this.finished;
    return undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill();
    // To let it flow is not enough: what an iteration has left unread would be waited for without end.
    this.#child.stdout?.destroy();
    await this.#child;
  }
}

function present<T>(stream: T | null): T {
  if (stream === null) throw new Error('the stream of this command was not asked for');
  return stream;
}

async function outcomeOf(child: Child, about: { name: string; gitDir: string }): Promise<string> {
  const result = await child;
  const { name, gitDir } = about;
  if (!result.failed) return typeof result.stdout === 'string' ? result.stdout : '';
  if (result.isCanceled) throw cancelledFault(name);
  const cause = result.cause;
  const errno = errnoOf(cause) ?? result.code;
  if (errno === 'ENOENT' || errno === 'EACCES') {
    const message = `${name}: the program cannot be run: ${errno}`;
    throw new FilesFault('FILES_NO_PROGRAM', message, { retry: 'never', cause });
  }
  if (errno !== undefined) {
    throw new FilesFault('FILES_IO', `${name}: ${errno}`, { retry: 'later', cause });
  }
  const reason =
    result.signal === undefined
      ? `exit code ${String(result.exitCode)}`
      : `ended by ${result.signal}`;
  const stderr = typeof result.stderr === 'string' ? result.stderr.trim() : '';
  const text = printablePath(stderr.slice(0, STDERR_CHARS_MAX));
  const message = `${name} in ${printablePath(gitDir)}: ${reason}: ${text}`;
  const code = (await isFull(gitDir)) ? 'FILES_NO_SPACE' : 'FILES_GIT_FAILED';
  throw new FilesFault(code, message, { retry: 'later', cause });
}

/** git tells of a full disk only in words, so the disk is asked. */
async function isFull(path: string): Promise<boolean> {
  try {
    const { bavail, bsize, files, ffree } = await statfs(path);
    return bavail * bsize < FREE_BYTES_MIN || (files > 0 && ffree === 0);
  } catch {
    return false;
  }
}
