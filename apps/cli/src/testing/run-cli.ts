// The real program in a process of its own.
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { text } from 'node:stream/consumers';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

const bin = fileURLToPath(new URL('../../bin/permafrost.js', import.meta.url));

export type CliResult = Readonly<{ exitCode: number | null; stdout: string; stderr: string }>;

export type RunningCli = Readonly<{
  process: ChildProcessByStdio<null, Readable, Readable>;
  ended: Promise<CliResult>;
}>;

/** Starts the program, with a git that knows nobody and a clock in Greenwich. */
export function startCli(args: readonly string[], options: { cwd?: string } = {}): RunningCli {
  const child = spawn(process.execPath, [bin, ...args], {
    ...options,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      TZ: 'UTC',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_SYSTEM: '/dev/null',
      GIT_CEILING_DIRECTORIES: '/',
    },
  });
  return { process: child, ended: resultOf(child) };
}

export async function runCli(
  args: readonly string[],
  options: { cwd?: string } = {},
): Promise<CliResult> {
  return await startCli(args, options).ended;
}

/** Runs it where a person would watch: on a terminal of 80 columns. Tells all that was drawn there. */
export async function runCliOnTerminal(args: readonly string[]): Promise<string> {
  const command = ['stty cols 80;', 'exec', process.execPath, bin, ...args].join(' ');
  const child = spawn('script', ['--quiet', '--command', command, '/dev/null'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return (await resultOf(child)).stdout;
}

async function resultOf(child: RunningCli['process']): Promise<CliResult> {
  const exit = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [stdout, stderr, exitCode] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    exit,
  ]);
  return { exitCode, stdout, stderr };
}

/** The values that were printed with `--json`. Throws if anything else was printed. */
export function jsonLines(stdout: string): readonly unknown[] {
  if (stdout === '') return [];
  if (!stdout.endsWith('\n')) throw new Error('the last line is cut off');
  return stdout
    .slice(0, -1)
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
}
