import { SpanStatusCode, type Span } from '@opentelemetry/api';

/** Why something failed: a stable code, and words for people. */
export type Failure = Readonly<{ code: string; message: string }>;

export function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { code: '_OTHER', message: String(error) };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return { code, message: error.message };
}

export function fail(span: Span, { code, message }: Failure): void {
  span.setAttribute('error.type', code);
  span.setStatus({ code: SpanStatusCode.ERROR, message });
}

/** Ends the span with the work. */
export async function during<T>(span: Span, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    fail(span, failureOf(error));
    throw error;
  } finally {
    span.end();
  }
}
