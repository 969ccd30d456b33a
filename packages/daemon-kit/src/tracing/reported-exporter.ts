// Passes spans on, and says now and then that they do not arrive: a collector that is down is a
// matter of monitoring, and none of the work.
import { ExportResultCode, type ExportResult } from '@opentelemetry/core';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import type { Clock, Log } from '@permafrost/workflow-core';

const WARN_EVERY_MS = 10 * 60_000;

export class ReportedExporter implements SpanExporter {
  readonly #inner: SpanExporter;
  readonly #clock: Clock;
  readonly #log: Log;
  #warnedMs = -Infinity;

  constructor(inner: SpanExporter, { clock, log }: { clock: Clock; log: Log }) {
    this.#inner = inner;
    this.#clock = clock;
    this.#log = log;
  }

  export(spans: ReadableSpan[], done: (result: ExportResult) => void): void {
    this.#inner.export(spans, (result) => {
      if (result.code !== ExportResultCode.SUCCESS) this.#warn(result.error);
      done(result);
    });
  }

  shutdown(): Promise<void> {
    return this.#inner.shutdown();
  }

  #warn(error: Error | undefined): void {
    const nowMs = this.#clock.nowMs();
    if (nowMs - this.#warnedMs < WARN_EVERY_MS) return;
    this.#warnedMs = nowMs;
    this.#log.warn({ err: error }, 'cannot export traces; some are lost');
  }
}
