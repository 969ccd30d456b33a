// What a command says, to people or to programs: results on stdout, everything else on stderr. With
// `--json`, stdout carries one JSON value a line, and a failure is the last of them.
import type { Failure } from '../failure.ts';
import { Terminal, type Paint } from './terminal.ts';

/** Makes the text of a result, in the colours of stdout, for so many columns. */
export type Words = (paint: Paint, columns: number) => string;

export class Output {
  readonly isJson: boolean;
  /** For what is drawn while a command runs. */
  readonly err: Terminal = new Terminal(process.stderr);
  readonly #out = new Terminal(process.stdout);

  constructor({ json }: { json: boolean }) {
    this.isJson = json;
  }

  /** A result: the value for programs, or the words for people. */
  result(value: unknown, words: Words): void {
    this.results([value], words);
  }

  /** Results that people read together and programs one by one. */
  results(values: readonly unknown[], words: Words): void {
    if (this.isJson) this.values(values);
    else this.#out.line(words(this.#out.paint, this.#out.columns));
  }

  /** Results for programs, of which more may follow. */
  values(values: readonly unknown[]): void {
    for (const value of values) this.#out.raw(`${JSON.stringify(value)}\n`);
  }

  /** Something to know while waiting. */
  note(words: string): void {
    this.err.line(words);
  }

  /** Why the command did not do what it was asked to. */
  failure(failure: Failure): void {
    const { red, bold } = this.err.paint;
    this.err.line(`${red(bold('permafrost:'))} ${failure.message}`);
    for (const hint of failure.hints) this.err.line(`  ${hint}`);
    this.failureValue(failure);
  }

  /** The same for programs alone, where people have been told. */
  failureValue({ message, code, hints, facts }: Failure): void {
    if (this.isJson) this.values([{ error: { code, message, hints, ...facts } }]);
  }
}
