// Traces by OpenTelemetry, as both daemons have them. Loaded only when they are wanted.
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  defaultResource,
  detectResources,
  resourceAttributesEnvDetector,
  resourceFromAttributes,
  serviceNameEnvDetector,
} from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider, type SpanProcessor } from '@opentelemetry/sdk-trace';
import type { Journal, WorkflowTraces } from '@permafrost/events';
import type { Clock, Log } from '@permafrost/workflow-core';
import { CallSpans } from './call-spans.ts';
import { ReportedExporter } from './reported-exporter.ts';
import { tracedCommits } from './traced-commits.ts';
import { WorkflowSpans } from './workflow-spans.ts';

export type TracedDaemon = Readonly<{
  daemon: 'regd' | 'stad';
  version: string;
  /** The file host that is served. */
  host?: string;
  traces: WorkflowTraces;
  clock: Clock;
  log: Log;
}>;

/** A collector that does not answer must not hold up the end of a daemon for longer. */
const EXPORT_MS_MAX = 2000;
/** Enough for what a daemon says at its end. */
const LAST_MS = 50;

export class Tracing implements AsyncDisposable {
  readonly workflows: WorkflowSpans;
  readonly calls: CallSpans;
  readonly #provider: TracerProvider;
  readonly #clock: Clock;
  readonly #log: Log;

  constructor(processor: SpanProcessor, { version, ...options }: TracedDaemon) {
    this.#clock = options.clock;
    this.#log = options.log;
    const name = `permafrost-${options.daemon}`;
    const own = resourceFromAttributes({ 'service.name': name, 'service.version': version });
    const asked = detectResources({
      detectors: [resourceAttributesEnvDetector, serviceNameEnvDetector],
    });
    const resource = defaultResource().merge(own).merge(asked);
    this.#provider = new TracerProvider({ resource, spanProcessors: [processor] });
    const tracer = this.#provider.getTracer('permafrost', version);
    this.workflows = new WorkflowSpans({ ...options, tracer });
    this.calls = new CallSpans(tracer, this.workflows);
  }

  /** Sends to the collector at that URL, below which `/v1/traces` takes traces. */
  static to(endpoint: string, options: TracedDaemon): Tracing {
    const url = `${endpoint.replace(/\/$/, '')}/v1/traces`;
    const otlp = new OTLPTraceExporter({ url, timeoutMillis: EXPORT_MS_MAX });
    const exporter = new ReportedExporter(otlp, options);
    options.log.info({ url }, 'traces are exported');
    return new Tracing(new BatchSpanProcessor({ exporter }), options);
  }

  /** The same journal, watched. */
  watched<J extends Journal>(journal: J): J {
    return tracedCommits(journal, this.workflows);
  }

  /** Sends what is left, or says that it is lost. To be done last of all that a daemon does. */
  async [Symbol.asyncDispose](): Promise<void> {
    const waiting = new AbortController();
    const end = (): void => waiting.abort();
    // If it fails, the exporter has told why.
    this.#provider.shutdown().then(end, end);
    await this.#clock.sleep(EXPORT_MS_MAX, waiting.signal);
    if (waiting.signal.aborted) return;
    this.#log.warn({}, 'traces are not exported in time; some are lost');
    // A connection that is neither made nor refused would keep the process for minutes.
    setTimeout(() => process.exit(), LAST_MS).unref();
  }
}
