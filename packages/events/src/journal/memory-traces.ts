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

  remember(trace: WorkflowTrace): Promise<void> {
    return this.#whenOpen(() => {
      for (const { workflow, atMs } of this.#traces.values())
        if (atMs < trace.atMs - TRACES_KEPT_MS) this.#traces.delete(workflow);
      if (!this.#traces.has(trace.workflow)) this.#traces.set(trace.workflow, trace);
    });
  }

  recall(workflow: Uuid): Promise<string | undefined> {
    return this.#whenOpen(() => this.#traces.get(workflow)?.traceparent);
  }
}
