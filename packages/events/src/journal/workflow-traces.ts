// Which trace a workflow belongs to, for the monitoring of a site. It goes through the journal's
// database, as all that the daemons tell each other, but is no event: nothing is decided on it, and
// all of it may be lost. Nobody writes here unless traces are wanted.
import type { Uuid } from '../ids/uuid.ts';

export type WorkflowTrace = Readonly<{
  workflow: Uuid;
  /** The span that those of the workflow are children of, as in W3C Trace Context. */
  traceparent: string;
  /** Unix milliseconds. */
  atMs: number;
}>;

/** For how long a trace is remembered at least; what a workflow does later is a trace of its own. */
export const TRACES_KEPT_MS: number = 7 * 86_400_000;

export interface WorkflowTraces {
  /** Remembers the trace of a workflow, if there is none yet. Forgets, on the way, what is too old. */
  remember(trace: WorkflowTrace): Promise<void>;
  /** The `traceparent` of a workflow. */
  recall(workflow: Uuid): Promise<string | undefined>;
}
