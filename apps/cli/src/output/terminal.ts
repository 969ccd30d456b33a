// The two streams of the process, and what they can show.
import { isatty } from 'node:tty';
import pc from 'picocolors';
import { printable } from './printable.ts';

/** Colours for one stream; functions that change nothing where colours are not welcome. */
export type Paint = Omit<ReturnType<typeof pc.createColors>, 'isColorSupported'>;

export type Stream = NodeJS.WriteStream & { fd: number };

/** What a table may be wide where no terminal tells. */
const COLUMNS_DEFAULT = 80;

/** A stream that people may look at. */
export class Terminal {
  readonly paint: Paint;
  /** Whether a person watches, so that a line may be drawn again and again. */
  readonly isInteractive: boolean;
  /** For libraries that draw themselves. */
  readonly stream: Stream;
  /** What COLUMNS says, as for other programs whose output is not a terminal. */
  readonly #wishedColumns: number | undefined;

  constructor(stream: Stream, env: NodeJS.ProcessEnv = process.env) {
    this.stream = stream;
    this.isInteractive = isatty(stream.fd);
    const isColourful = this.isInteractive && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
    this.paint = pc.createColors(isColourful);
    const wished = Number(env['COLUMNS']);
    if (Number.isInteger(wished) && wished > 0) this.#wishedColumns = wished;
  }

  /** In characters. */
  get columns(): number {
    return this.#wishedColumns ?? (this.isInteractive ? this.stream.columns : COLUMNS_DEFAULT);
  }

  /** Writes text for people and ends the line. */
  line(text: string): void {
    this.stream.write(`${printable(text)}\n`);
  }

  /** Writes bytes for programs, as they are. */
  raw(text: string): void {
    this.stream.write(text);
  }
}
