// A whole installation in a temporary directory: state, data, both daemons, the CLI. Whatever
// happens, nothing immutable and no process is left behind.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { nodeFlagsOf } from '../pack/node-flags.ts';
import { DaemonProcess, type DaemonName, type DaemonOptions } from './daemon-process.ts';
import { checkoutPrograms, type Programs } from './programs.ts';

export type Driver = 'chattr' | 'native' | 'simulated';

export type CliResult = Readonly<{ exitCode: number; stdout: string; stderr: string }>;

export const HOST = 'localhost';
export const AUTHOR = 'A U Thor <author@example.org>';

export class Installation implements AsyncDisposable {
  readonly top: string;
  readonly driver: Driver;
  readonly programs: Programs;
  /** The last one of each that was started. */
  readonly daemons: Map<DaemonName, DaemonProcess> = new Map();
  readonly #started: DaemonProcess[] = [];

  private constructor(top: string, driver: Driver, programs: Programs) {
    this.top = top;
    this.driver = driver;
    this.programs = programs;
  }

  static async create(
    driver: Driver,
    below: string = tmpdir(),
    programs: Programs = checkoutPrograms,
  ): Promise<Installation> {
    const top = await mkdtemp(join(below, 'permafrost-'));
    const installation = new Installation(top, driver, programs);
    await mkdir(installation.state, { mode: 0o700 });
    await mkdir(installation.data);
    return installation;
  }

  get state(): string {
    return join(this.top, 'state');
  }

  /** The host root; the global root has the same path. */
  get data(): string {
    return join(this.top, 'data');
  }

  async start(name: DaemonName, options: Partial<DaemonOptions> = {}): Promise<DaemonProcess> {
    const own = ['--host', HOST, '--driver', this.driver, '--root', this.data];
    const args = ['--state', this.state, ...(name === 'stad' ? own : []), ...(options.args ?? [])];
    const daemon = new DaemonProcess(name, { ...this.#command(name), ...options, args });
    this.daemons.set(name, daemon);
    this.#started.push(daemon);
    await daemon.ready();
    return daemon;
  }

  /** Nothing for those of the checkout, into which modules can be loaded. */
  #command(name: DaemonName): Partial<DaemonOptions> {
    if (this.programs === checkoutPrograms) return {};
    const program = this.programs[name];
    return { command: [process.execPath, ...nodeFlagsOf(program), program] };
  }

  /** Runs a command of the CLI to its end. */
  async cli(...args: readonly string[]): Promise<CliResult> {
    return runCli(['--state', this.state, ...args], this.programs);
  }

  /** Runs a command that must succeed. Rejects with what it said if it does not. */
  async cliOk(...args: readonly string[]): Promise<CliResult> {
    const result = await this.cli(...args);
    if (result.exitCode === 0) return result;
    const logs = [...this.daemons.values()].map((daemon) => daemon.logText()).join('\n');
    throw new Error(
      `permafrost ${args.join(' ')}: exit ${result.exitCode}\n${result.stderr}\n${logs}`,
    );
  }

  /** Starts both daemons and sets up a registry `demo` with the data directory as its root. */
  async setUp(): Promise<void> {
    await this.start('regd');
    await this.start('stad');
    await this.cliOk('init', 'registry', 'demo');
    await this.cliOk('init', 'root', 'demo', this.data, '--host', HOST);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // A stopped process cannot handle SIGKILL any slower than a running one, and needs no warning.
    await Promise.all(this.#started.map((daemon) => daemon.stop('SIGKILL')));
    await execa('chattr', ['-R', '-f', '-i', this.data], { reject: false });
    await rm(this.top, { recursive: true, force: true });
  }
}

export async function runCli(
  args: readonly string[],
  { cli }: Programs = checkoutPrograms,
): Promise<CliResult> {
  const {
    exitCode = 1,
    stdout,
    stderr,
  } = await execa(process.execPath, [cli, ...args], {
    reject: false,
    stdin: 'ignore',
    env: { NO_COLOR: '1' },
  });
  return { exitCode, stdout, stderr };
}
