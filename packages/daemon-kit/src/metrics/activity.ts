// What is counted and timed in the same way, whatever it is: how often, how long, with which end.
import { Counter, Histogram, type Registry } from 'prom-client';

export type ActivityOptions<Label extends string> = Readonly<{
  registry: Registry;
  /** In the singular: `permafrost_NAMEs_total` and `permafrost_NAME_duration_seconds` come of it. */
  name: string;
  /** What it is, in the plural, for people. */
  what: string;
  labels: readonly Label[];
  /** The label that tells the end; on the counter only, as each value costs all buckets. */
  end: string;
  /** In seconds. */
  buckets: readonly number[];
}>;

type Labels<Label extends string> = Readonly<Record<Label, string>>;

export type Outcomes<T> = Readonly<{
  ofResult: (result: T) => string;
  ofError: (error: unknown) => string;
}>;

export class Activity<Label extends string> {
  readonly #end: string;
  readonly #total: Counter;
  readonly #seconds: Histogram<Label>;

  constructor({ registry, name, what, labels, end, buckets }: ActivityOptions<Label>) {
    const registers = [registry];
    this.#end = end;
    this.#total = new Counter({
      name: `permafrost_${name}s_total`,
      help: `How many ${what} have ended.`,
      labelNames: [...labels, end],
      registers,
    });
    this.#seconds = new Histogram({
      name: `permafrost_${name}_duration_seconds`,
      help: `How long ${what} took, however they ended.`,
      labelNames: [...labels],
      buckets: [...buckets],
      registers,
    });
  }

  /** Shows an end from the start, since an alert sees no increase from nothing to one. */
  expect(labels: Labels<Label>, end: string): void {
    this.#count(labels, end, 0);
  }

  /** Begins; call the returned function at the end. */
  begin(labels: Labels<Label>): (end: string) => void {
    const startMs = performance.now();
    return (end) => {
      this.#seconds.observe({ ...labels }, (performance.now() - startMs) / 1000);
      this.#count(labels, end, 1);
    };
  }

  async run<T>(
    labels: Labels<Label>,
    work: () => Promise<T>,
    { ofResult, ofError }: Outcomes<T>,
  ): Promise<T> {
    const end = this.begin(labels);
    try {
      const result = await work();
      end(ofResult(result));
      return result;
    } catch (error) {
      end(ofError(error));
      throw error;
    }
  }

  #count(labels: Labels<Label>, end: string, by: number): void {
    this.#total.inc({ ...labels, [this.#end]: end }, by);
  }
}
