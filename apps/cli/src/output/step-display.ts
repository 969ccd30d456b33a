// Shows on stderr how long work comes along: a bar for people who watch, else a line for each new
// phase, so that a log of a night's work stays short.
import cliProgress, { type MultiBar, type Options } from 'cli-progress';
import type { Step } from '../view/workflow.ts';
import { BAR_MAX, placeLine, stepLine } from './step-lines.ts';
import type { Terminal } from './terminal.ts';

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

/** Tells a person who watches what is waited for, until the work has ended; nobody else. */
export async function whileWaiting<T>(
  terminal: Terminal,
  work: (say: (phase: string) => void) => Promise<T>,
): Promise<T> {
  if (!terminal.isInteractive) return await work(() => undefined);
  const display = new BarDisplay(terminal);
  try {
    return await work((phase) => display.show({ phase }));
  } finally {
    display.end();
  }
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
  #drawn: MultiBar | undefined;
  #step: Step = { phase: '' };

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  show(step: Step): void {
    this.#step = step;
    this.#drawn ??= this.#draw();
  }

  note(words: string): void {
    this.end();
    this.#terminal.line(words);
  }

  end(): void {
    this.#drawn?.stop();
    this.#drawn = undefined;
  }

  #draw(): MultiBar {
    const drawn = new cliProgress.MultiBar({
      stream: this.#terminal.stream,
      hideCursor: true,
      clearOnComplete: true,
      linewrap: false,
      fps: 4,
      barsize: BAR_MAX,
      barCompleteChar: '#',
      barIncompleteChar: '-',
      gracefulExit: false,
    });
    const { BarFormat } = cliProgress.Format;
    const add = (format: (options: Options) => string): unknown =>
      drawn.create(0, 0, undefined, { format });
    add((options) =>
      stepLine(this.#step, this.#terminal.columns, (part, barsize) =>
        BarFormat(part, { ...options, barsize }),
      ),
    );
    add(() => placeLine(this.#step, this.#terminal.columns));
    return drawn;
  }
}
