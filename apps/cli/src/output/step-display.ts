// Shows on stderr how long work comes along: a bar for people who watch, else a line for each new
// phase, so that a log of a night's work stays short.
import cliProgress, { type Options, type Params, type SingleBar } from 'cli-progress';
import { count, countWords, type Step } from '../view/workflow.ts';
import type { Terminal } from './terminal.ts';
import { printable } from './printable.ts';
import { span } from './time.ts';

export interface StepDisplay {
  show(step: Step): void;
  /** Writes a line between what is drawn. */
  note(words: string): void;
  /** Takes away what was drawn. */
  end(): void;
}

export function stepDisplay(terminal: Terminal): StepDisplay {
  return terminal.isInteractive ? new BarDisplay(terminal) : new LineDisplay(terminal);
}

class LineDisplay implements StepDisplay {
  readonly #terminal: Terminal;
  #phase = '';

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  show({ phase }: Step): void {
    if (phase !== this.#phase) this.#terminal.line(phase);
    this.#phase = phase;
  }

  note(words: string): void {
    this.#terminal.line(words);
  }

  end(): void {
    // A line that is written stays.
  }
}

class BarDisplay implements StepDisplay {
  readonly #terminal: Terminal;
  readonly #bar: SingleBar;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
    this.#bar = new cliProgress.SingleBar({
      stream: terminal.stream,
      format: (options, params, payload: Step) => stepLine(options, params, payload),
      hideCursor: true,
      clearOnComplete: true,
      linewrap: false,
      fps: 10,
      barsize: 20,
      barCompleteChar: '#',
      barIncompleteChar: '-',
      gracefulExit: false,
    });
  }

  show(step: Step): void {
    const total = step.figures?.total ?? 0;
    if (!this.#bar.isActive) this.#bar.start(total, 0, step);
    this.#bar.setTotal(total);
    this.#bar.update(step.figures?.done ?? 0, step);
  }

  note(words: string): void {
    this.end();
    this.#terminal.line(words);
  }

  end(): void {
    if (this.#bar.isActive) this.#bar.stop();
  }
}

function stepLine(options: Options, { progress }: Params, { phase, figures }: Step): string {
  const parts = [printable(phase)];
  if (figures) {
    const { total, perSecond, leftMs } = figures;
    if (total !== undefined) parts.push(cliProgress.Format.BarFormat(progress, options));
    parts.push(countWords(figures));
    if (perSecond !== undefined) parts.push(`${count(perSecond)}/s`);
    if (leftMs !== undefined && leftMs > 0) parts.push(`${span(leftMs)} left`);
  }
  return parts.join('  ');
}
