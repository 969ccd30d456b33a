// The trace that a command belongs to, where whoever runs it keeps one, as CI systems and otel-cli do.
import type { Metadata } from '@grpc/grpc-js';

/** Only what is well-formed: a variable that somebody else sets must not make a command fail. */
const TRACEPARENT = /^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/;

/** Passes on, with each call, what the environment says. */
export function passTraceOn(
  metadata: Metadata,
  env: Readonly<Record<string, string | undefined>> = process.env,
): void {
  const traceparent = env['TRACEPARENT'] ?? '';
  if (TRACEPARENT.test(traceparent)) metadata.set('traceparent', traceparent);
}
