// Traces of tests and simulations, lost with the process.
import type { Uuid } from '../ids/uuid.ts';
import { TRACES_KEPT_MS, type WorkflowTrace, type WorkflowTraces } from './workflow-traces.ts';

export class MemoryTraces implements WorkflowTraces {
  readonly #whenOpen: <T>(query: () => T) => Promise<T>;
  readonly #traces = new Map<Uuid, WorkflowTrace>();

  /** `whenOpen` runs a query when the journal is open. */
  constructor(whenOpen: <T>(query: () => T) => Promise<T>) {
    this.#whenOpen = whenOpen;
  }

  remember(trace: WorkflowTrace): Promise<string> {
    return this.#whenOpen(() => {
      for (const { workflow, atMs } of this.#traces.values())
        if (atMs < trace.atMs - TRACES_KEPT_MS) this.#traces.delete(workflow);
      const first = this.#traces.get(trace.workflow) ?? trace;
      this.#traces.set(first.workflow, first);
      return first.traceparent;
    });
  }

  recall(workflow: Uuid): Promise<string | undefined> {
    return this.#whenOpen(() => this.#traces.get(workflow)?.traceparent);
  }
}
