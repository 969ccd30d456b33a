import { destination, pino, type Logger } from 'pino';

/** One JSON object a line on stderr. Errors go under `err`, with code, cause and stack. */
export function daemonLog(options: { name: string; level: string }): Logger {
  return pino({ ...options, base: { pid: process.pid } }, destination({ fd: 2, sync: true }));
}

/** The levels that `--log-level` takes. */
export const logLevels: readonly string[] = ['debug', 'info', 'warn', 'error', 'silent'];
