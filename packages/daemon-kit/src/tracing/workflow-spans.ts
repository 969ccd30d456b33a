// The spans of workflows. Those of one workflow form one trace, in whichever process and after
// however many restarts they are made: its context is kept in the journal's database.
import { AsyncLocalStorage } from 'node:async_hooks';
import {
  ROOT_CONTEXT,
  trace,
  type Attributes,
  type Context,
  type Span,
  type SpanOptions,
  type Tracer,
} from '@opentelemetry/api';
import { Fault, type Direction, type Uuid, type WorkflowTraces } from '@permafrost/events';
import type { Clock, Log } from '@permafrost/workflow-core';
import { during, fail, failureOf, type Failure } from './span-end.ts';
import { contextOf, traceparentOf } from './traceparent.ts';

/** What a daemon does for a workflow, as a span tells it. */
export type Step = Readonly<{
  name: string;
  repo?: Uuid | undefined;
  kind?: Direction | undefined;
  /** Set where the step itself succeeds, and tells of something that has not. */
  failure?: Failure | undefined;
}>;

export type WorkflowSpansOptions = Readonly<{
  tracer: Tracer;
  traces: WorkflowTraces;
  daemon: 'regd' | 'stad';
  /** The file host that is served. */
  host?: string | undefined;
  clock: Clock;
  log: Log;
}>;

export class WorkflowSpans {
  readonly #options: WorkflowSpansOptions;
  /** The calls under way that begin a workflow. */
  readonly #calls = new Map<Uuid, Span>();
  readonly #runs = new AsyncLocalStorage<Run>();

  constructor(options: WorkflowSpansOptions) {
    this.#options = options;
  }

  /** If the workflow begins during the call, its trace goes on from there. */
  beginsIn(call: Span, workflow: Uuid): Disposable {
    this.#calls.set(workflow, call);
    return { [Symbol.dispose]: () => this.#calls.delete(workflow) };
  }

  /** Carries out one step. */
  async step<T>(workflow: Uuid, step: Step, work: () => Promise<T>): Promise<T> {
    const run = this.#runs.getStore();
    const isOfRun = run?.workflow === workflow;
    const span = isOfRun ? await this.#within(run, step) : await this.#begin(workflow, step);
    if (step.failure) fail(span, step.failure);
    return during(span, work);
  }

  /** Carries out one step of the run that asks for it; without a run, it is nobody's. */
  stepOfRun<T>(step: Step, work: () => Promise<T>): Promise<T> {
    const run = this.#runs.getStore();
    return run ? this.step(run.workflow, step, work) : work();
  }

  /** Carries out what may come to several steps, or to none, and then leaves no span. */
  async run<T>(workflow: Uuid, name: string, work: () => Promise<T>): Promise<T> {
    const startTime = this.#options.clock.nowMs();
    const run = new Run(workflow, () => this.#begin(workflow, { name }, { startTime }));
    try {
      return await this.#runs.run(run, work);
    } catch (error) {
      await run.ifBegun((span) => fail(span, failureOf(error)));
      throw error;
    } finally {
      await run.ifBegun((span) => span.end());
    }
  }

  async #within(run: Run, step: Step): Promise<Span> {
    const span = await run.span();
    // What the steps of a run are about, the run is about.
    span.setAttributes(attributesOf(step));
    return this.#start(run.workflow, step, trace.setSpan(ROOT_CONTEXT, span));
  }

  async #begin(workflow: Uuid, step: Step, options?: SpanOptions): Promise<Span> {
    const known = await this.#recall(workflow);
    const call = this.#calls.get(workflow);
    const parent = known ?? (call ? trace.setSpan(ROOT_CONTEXT, call) : ROOT_CONTEXT);
    const span = this.#start(workflow, step, parent, options);
    if (!known) await this.#remember(workflow, call ?? span);
    return span;
  }

  #start(workflow: Uuid, step: Step, parent: Context, options: SpanOptions = {}): Span {
    const { tracer, daemon, host } = this.#options;
    const attributes = {
      'permafrost.workflow': workflow,
      ...(host !== undefined && { 'permafrost.host': host }),
      ...attributesOf(step),
    };
    return tracer.startSpan(`${daemon}:${step.name}`, { ...options, attributes }, parent);
  }

  async #recall(workflow: Uuid): Promise<Context | undefined> {
    const traceparent = await this.#forgive(() => this.#options.traces.recall(workflow));
    return traceparent === undefined ? undefined : contextOf(traceparent);
  }

  async #remember(workflow: Uuid, span: Span): Promise<void> {
    const { traces, clock } = this.#options;
    const trace = { workflow, traceparent: traceparentOf(span), atMs: clock.nowMs() };
    await this.#forgive(() => traces.remember(trace));
  }

  /** Traces are a courtesy: work goes on without them. */
  async #forgive<T>(ask: () => Promise<T>): Promise<T | undefined> {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      this.#options.log.warn({ err: error }, 'cannot keep a trace together');
      return undefined;
    }
  }
}

/** What is under way for a workflow. Its span begins with its first step. */
class Run {
  readonly workflow: Uuid;
  readonly #begin: () => Promise<Span>;
  #span: Promise<Span> | undefined;

  constructor(workflow: Uuid, begin: () => Promise<Span>) {
    this.workflow = workflow;
    this.#begin = begin;
  }

  span(): Promise<Span> {
    return (this.#span ??= this.#begin());
  }

  async ifBegun(then: (span: Span) => void): Promise<void> {
    if (this.#span) then(await this.#span);
  }
}

function attributesOf({ repo, kind }: Step): Attributes {
  return {
    ...(repo !== undefined && { 'permafrost.repo': repo }),
    ...(kind !== undefined && { 'permafrost.kind': kind }),
  };
}
