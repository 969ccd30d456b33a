import type { Log, LogFields } from '../ports/log.ts';

export type LogLine = Readonly<{ level: keyof Log; message: string }> & LogFields;

/** A log that can be read. */
export class RecordingLog implements Log {
  readonly lines: LogLine[] = [];

  debug(fields: LogFields, message: string): void {
    this.lines.push({ ...fields, level: 'debug', message });
  }

  info(fields: LogFields, message: string): void {
    this.lines.push({ ...fields, level: 'info', message });
  }

  warn(fields: LogFields, message: string): void {
    this.lines.push({ ...fields, level: 'warn', message });
  }

  error(fields: LogFields, message: string): void {
    this.lines.push({ ...fields, level: 'error', message });
  }

  /** The lines with this message since the last time that it was asked, for any. */
  take(message: string): readonly LogLine[] {
    return this.lines.splice(0).filter((line) => line.message === message);
  }
}
