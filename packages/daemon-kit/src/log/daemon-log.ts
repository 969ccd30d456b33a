import { isatty } from 'node:tty';
import { destination, pino, type DestinationStream, type Logger } from 'pino';
import { isJournal, journalLines } from './journal-lines.ts';
import type { LogFlags } from './log-flags.ts';

const STDERR = 2;

/** A log on stderr, as the flags want it. Errors go under `err`, with code, cause and stack. */
export async function daemonLog({
  name,
  logLevel: level,
  logFormat: format,
}: LogFlags & Readonly<{ name: string }>): Promise<Logger> {
  // Written at once: the last line before a process dies is the one that is wanted.
  const stderr = destination({ fd: STDERR, sync: true });
  const isPretty = format === 'pretty' || (format === 'auto' && isatty(STDERR));
  const plain = isJournal(STDERR) ? journalLines(stderr) : stderr;
  const lines = isPretty ? await prettyLines(stderr) : plain;
  return pino({ name, level, base: { pid: process.pid } }, lines);
}

/** What makes lines pretty is loaded for nobody else. */
async function prettyLines(out: DestinationStream): Promise<DestinationStream> {
  const { PrettyLines } = await import('./pretty-lines.ts');
  return new PrettyLines(out, { colorize: isatty(STDERR) && process.stderr.hasColors() });
}
