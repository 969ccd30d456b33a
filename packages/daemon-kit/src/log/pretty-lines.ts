// Lines of the log for people. What others chose, such as names of files, gives the terminal no commands.
import type { DestinationStream } from 'pino';
import { prettyFactory } from 'pino-pretty';
import { printable } from '../printable.ts';

/** Takes each JSON line of pino, and passes it on as people read it. */
export class PrettyLines implements DestinationStream {
  readonly #out: DestinationStream;
  readonly #prettify: (line: unknown) => string;

  constructor(out: DestinationStream, { colorize }: Readonly<{ colorize: boolean }>) {
    this.#out = out;
    this.#prettify = prettyFactory({
      colorize,
      ignore: 'pid',
      singleLine: true,
      translateTime: 'SYS:HH:MM:ss.l',
    });
  }

  write(line: string): void {
    this.#out.write(this.#prettify(JSON.parse(line, escaped)));
  }
}

/** A message stays one line. The lines of other texts come out indented, or as `\n`. */
function escaped(key: string, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  return key === 'msg' ? printable(value) : value.split('\n').map(printable).join('\n');
}
