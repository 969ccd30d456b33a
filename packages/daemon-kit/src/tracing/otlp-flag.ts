// The flag of both daemons that turns traces on. Nothing of them is loaded before it is given.
import { InvalidArgumentError, Option } from 'commander';
import { nodeClock } from '../node-clock.ts';
import type { TracedDaemon, Tracing } from './tracing.ts';

export type OtlpFlags = Readonly<{ otlpEndpoint?: string }>;

export function otlpOption(): Option {
  return new Option(
    '--otlp-endpoint <url>',
    'send traces to the OpenTelemetry collector at http[s]://HOST:PORT (default: none are made)',
  ).argParser(endpoint);
}

/** The traces of a daemon, if they are wanted. */
export async function tracingFor(
  { otlpEndpoint }: OtlpFlags,
  daemon: Omit<TracedDaemon, 'clock'>,
): Promise<Tracing | undefined> {
  if (otlpEndpoint === undefined) return undefined;
  const { Tracing } = await import('./tracing.ts');
  return Tracing.to(otlpEndpoint, { ...daemon, clock: nodeClock });
}

function endpoint(text: string): string {
  const url = URL.parse(text);
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new InvalidArgumentError('not a URL such as http://127.0.0.1:4318');
  }
  if (url.username + url.password + url.search !== '') {
    throw new InvalidArgumentError('it tells a secret: set OTEL_EXPORTER_OTLP_HEADERS instead');
  }
  return text;
}
