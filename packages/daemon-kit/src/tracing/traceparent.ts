// How a span is named to others: as W3C Trace Context has it, in metadata and in the journal's database.
import { ROOT_CONTEXT, trace, type Context, type Span } from '@opentelemetry/api';
import { parseTraceParent } from '@opentelemetry/core';

/** Where the children of that span begin; undefined if it is malformed, which nobody is blamed for. */
export function contextOf(traceparent: string): Context | undefined {
  const parent = parseTraceParent(traceparent);
  return parent ? trace.setSpanContext(ROOT_CONTEXT, { ...parent, isRemote: true }) : undefined;
}

export function traceparentOf(span: Span): string {
  const { traceId, spanId, traceFlags } = span.spanContext();
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
}
