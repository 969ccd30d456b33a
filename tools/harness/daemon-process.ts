// One daemon as a real process: started, heard, killed.
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { checkoutPrograms } from './programs.ts';

export type DaemonName = 'regd' | 'stad';

/** Halves the time to start, once a daemon that uses it has ended in order. */
const compileCache = fileURLToPath(
  new URL('../../node_modules/.cache/permafrost-daemons', import.meta.url),
);

export type LogLine = Readonly<Record<string, unknown> & { msg: string }>;

export type Ending = Readonly<{ exitCode: number | null; signal: NodeJS.Signals | null }>;

export interface DaemonOptions {
  args: readonly string[];
  env?: Readonly<Record<string, string>>;
  /** Modules that the process loads before the daemon. */
  imports?: readonly string[];
  /** Runs the daemon through another program, such as one that drops privileges. */
  through?: readonly string[];
  /** Starts it, before `args`; without it, this Node with the program of the checkout. */
  command?: readonly string[];
  onLine?: (line: LogLine) => void;
}

export class DaemonProcess {
  readonly name: DaemonName;
  /** What it has logged so far; lines that are no JSON stand under `msg`. */
  readonly lines: LogLine[] = [];
  readonly #child: ChildProcess;
  readonly #end: Promise<Ending>;
  readonly #watchers = new Set<() => void>();
  #isOver = false;

  constructor(
    name: DaemonName,
    { args, env = {}, imports = [], through = [], command, onLine }: DaemonOptions,
  ) {
    this.name = name;
    const flags = imports.map((path) => `--import=${path}`);
    const started = command ?? [process.execPath, ...flags, checkoutPrograms[name]];
    const [first = '', ...rest] = [...through, ...started, ...args];
    const child = spawn(first, rest, {
      env: { NODE_COMPILE_CACHE: compileCache, ...process.env, ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#child = child;
    createInterface({ input: child.stderr }).on('line', (text) => {
      const line = parseLine(text);
      this.lines.push(line);
      onLine?.(line);
      for (const notify of this.#watchers) notify();
    });
    this.#end = new Promise((resolve, reject) => {
      child.once('error', reject);
      // `close` comes after the last line has been read, `exit` perhaps before.
      child.once('close', (exitCode, signal) => {
        this.#isOver = true;
        for (const notify of this.#watchers) notify();
        resolve({ exitCode, signal });
      });
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Resolves once it has logged `<name> ready`; rejects with its log if it ends before. */
  ready(): Promise<void> {
    return this.until(({ msg }) => msg === `${this.name} ready`);
  }

  /** Resolves once a line has been logged that satisfies the condition. */
  until(condition: (line: LogLine) => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        if (this.lines.some(condition)) resolve();
        else if (this.#isOver) reject(new Error(`${this.name} ended early:\n${this.logText()}`));
        else return;
        this.#watchers.delete(look);
      };
      this.#watchers.add(look);
      look();
    });
  }

  logText(): string {
    return this.lines.map((line) => JSON.stringify(line)).join('\n');
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Resolves when the process is gone. */
  ended(): Promise<Ending> {
    return this.#end;
  }

  async stop(name: NodeJS.Signals = 'SIGTERM'): Promise<Ending> {
    this.signal(name);
    return this.#end;
  }
}

function parseLine(text: string): LogLine {
  try {
    return JSON.parse(text) as LogLine;
  } catch {
    return { msg: text };
  }
}
