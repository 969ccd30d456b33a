// What a daemon tells systemd, as sd_notify(3) has it, if systemd has started it. Else there is nobody to
// tell, and nothing of this is loaded.
import { Fault } from '@permafrost/events';
import type { Clock, Log } from '@permafrost/workflow-core';
import type { Send } from './notify-socket.ts';

/** What systemd hands to a daemon. */
type Environment = Record<string, string | undefined>;

export type Watched = Readonly<{
  /** Whether the daemon is of use; without it, it is as long as it answers at all. */
  isWell?: () => Promise<boolean>;
  clock: Clock;
}>;

/** The daemon's side of its unit, with `Type=notify`. */
export class ServiceManager {
  readonly #send: Send | undefined;
  readonly #watchdogMs: number | undefined;
  readonly #log: Log;
  #phase: 'starting' | 'ready' | 'stopping' = 'starting';
  #status = '';

  private constructor(log: Log, { send, watchdogMs }: { send?: Send; watchdogMs?: number }) {
    this.#log = log;
    this.#send = send;
    this.#watchdogMs = watchdogMs;
  }

  /** Takes the variables out of the environment: they are not meant for what the daemon starts. */
  static async connect(log: Log, env: Environment = process.env): Promise<ServiceManager> {
    const { NOTIFY_SOCKET: socket, WATCHDOG_PID: pid, WATCHDOG_USEC: usec } = env;
    delete env['NOTIFY_SOCKET'];
    delete env['WATCHDOG_PID'];
    delete env['WATCHDOG_USEC'];
    if (!socket) return new ServiceManager(log, {});
    const { openNotifySocket } = await import('./notify-socket.ts');
    const isWatched = Number(usec) > 0 && (pid === undefined || Number(pid) === process.pid);
    const watchdog = isWatched ? { watchdogMs: Number(usec) / 1000 } : {};
    try {
      return new ServiceManager(log, { send: openNotifySocket(socket), ...watchdog });
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      log.warn({ err: error }, 'cannot tell systemd anything');
      return new ServiceManager(log, {});
    }
  }

  /** All is up. The status is a short line for `systemctl status`. */
  ready(status: string): void {
    if (this.#phase !== 'starting') return;
    this.#phase = 'ready';
    this.#status = status;
    this.#tell('READY=1', `STATUS=${status}`);
  }

  /** Tells when the work begins, and when it is done. */
  async reloading(work: () => Promise<void>): Promise<void> {
    this.#whenReady('RELOADING=1', `MONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`);
    await work();
    this.#whenReady('READY=1');
  }

  stopping(): void {
    this.#phase = 'stopping';
    this.#status = 'ends the work under way';
    this.#tell('STOPPING=1', `STATUS=${this.#status}`);
  }

  /** Keeps the watchdog quiet, twice in each of its intervals, until the signal is aborted. */
  async keepWatched({ isWell, clock }: Watched, signal: AbortSignal): Promise<void> {
    if (this.#watchdogMs === undefined) return;
    for (;;) {
      await clock.sleep(this.#watchdogMs / 2, signal);
      if (signal.aborted) return;
      if (!isWell || (await isWell())) {
        this.#tell('WATCHDOG=1', `STATUS=${this.#status}`);
      } else {
        const status = 'cannot write to the journal';
        this.#log.warn({ watchdogMs: this.#watchdogMs }, `${status}: the watchdog is not told`);
        this.#tell(`STATUS=${status}`);
      }
    }
  }

  /** A daemon that starts or stops is not called ready by a reload. */
  #whenReady(...lines: readonly string[]): void {
    if (this.#phase === 'ready') this.#tell(...lines);
  }

  #tell(...lines: readonly string[]): void {
    try {
      this.#send?.(lines.map((line) => line.replaceAll('\n', ' ')).join('\n'));
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      this.#log.warn({ err: error }, 'cannot tell systemd anything');
    }
  }
}
