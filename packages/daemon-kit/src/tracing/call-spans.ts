// The gRPC calls that change something. What a call begins goes on in its trace, and a call goes on
// in that of its client.
import { ROOT_CONTEXT, SpanKind, type Span, type Tracer } from '@opentelemetry/api';
import type { Uuid } from '@permafrost/events';
import { fail, type Failure } from './span-end.ts';
import { contextOf } from './traceparent.ts';
import type { WorkflowSpans } from './workflow-spans.ts';

/** What a call says that it is about. */
export type CallSubject = Readonly<{ workflow?: Uuid; repo?: Uuid }>;

export type CallEnd = Readonly<{ status: string; failure: Failure | undefined }>;

export class CallSpans {
  readonly #tracer: Tracer;
  readonly #workflows: WorkflowSpans;

  constructor(tracer: Tracer, workflows: WorkflowSpans) {
    this.#tracer = tracer;
    this.#workflows = workflows;
  }

  /** `method`: such as `nogfso.FreezeRepo/BeginFreezeRepo`. */
  begin(method: string, traceparent: string | undefined): CallSpan {
    const parent = traceparent === undefined ? undefined : contextOf(traceparent);
    const attributes = { 'rpc.system.name': 'grpc', 'rpc.method': method };
    const options = { kind: SpanKind.SERVER, attributes };
    const span = this.#tracer.startSpan(method, options, parent ?? ROOT_CONTEXT);
    return new CallSpan(span, this.#workflows);
  }
}

export class CallSpan {
  readonly #span: Span;
  readonly #workflows: WorkflowSpans;
  readonly #begun = new DisposableStack();

  constructor(span: Span, workflows: WorkflowSpans) {
    this.#span = span;
    this.#workflows = workflows;
  }

  /** The call was let in. A workflow that it names, and that begins in it, goes on in its trace. */
  admit({ workflow, repo }: CallSubject): void {
    if (repo !== undefined) this.#span.setAttribute('permafrost.repo', repo);
    if (workflow === undefined) return;
    this.#span.setAttribute('permafrost.workflow', workflow);
    this.#begun.use(this.#workflows.beginsIn(this.#span, workflow));
  }

  end({ status, failure }: CallEnd): void {
    this.#begun.dispose();
    this.#span.setAttribute('rpc.response.status_code', status);
    if (failure) fail(this.#span, failure);
    this.#span.end();
  }
}
