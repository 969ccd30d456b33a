// Lines for the journal of systemd, so that `journalctl --priority warning` finds what is grave.
import { fstatSync } from 'node:fs';
import { symbols, type DestinationStream } from 'pino';

/** The priorities of syslog, by the levels of pino that they begin at. */
const priorities = [
  [60, 2],
  [50, 3],
  [40, 4],
  [30, 6],
] as const;
const DEBUG = 7;

/** Puts before each line how grave it is, as sd-daemon(3) has it; the journal takes that off again. */
export function journalLines(out: DestinationStream): DestinationStream {
  const lines = {
    // Makes pino say the level of a line before it writes it.
    [symbols.needsMetadataGsym]: true,
    lastLevel: 0,
    write(line: string): void {
      const [, priority = DEBUG] = priorities.find(([level]) => this.lastLevel >= level) ?? [];
      out.write(`<${priority}>${line}`);
    },
  };
  return lines;
}

/** Whether what is written there goes to the journal, and nowhere else. */
export function isJournal(fd: number, env: NodeJS.ProcessEnv = process.env): boolean {
  const { dev, ino } = fstatSync(fd);
  return env['JOURNAL_STREAM'] === `${dev}:${ino}`;
}
