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

export class Tracing implements AsyncDisposable {
  readonly workflows: WorkflowSpans;
  readonly calls: CallSpans;
  readonly #provider: TracerProvider;

  constructor(processor: SpanProcessor, { version, ...options }: TracedDaemon) {
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

  /** Sends what is left, or says that it is lost. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.#provider.shutdown();
    } catch {
      // The exporter has told why.
    }
  }
}
