// Traces by OpenTelemetry, as both daemons have them.
export type { CallSpan, CallSpans } from './call-spans.ts';
export { Tracing, type TracedDaemon } from './tracing.ts';
export type { Step, WorkflowSpans } from './workflow-spans.ts';
