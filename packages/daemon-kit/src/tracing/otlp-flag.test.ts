import { Command } from 'commander';
import { expect, it, vi } from 'vitest';
import { otlpOption, type OtlpFlags } from './otlp-flag.ts';

function endpointOf(url: string): string | undefined {
  const program = new Command().exitOverride().configureOutput({ writeErr: vi.fn() });
  program.addOption(otlpOption()).parse(['--otlp-endpoint', url], { from: 'user' });
  return program.opts<OtlpFlags>().otlpEndpoint;
}

it.each(['http://127.0.0.1:4318', 'https://collector.example.org/otlp/'])('takes %s', (url) => {
  expect(endpointOf(url)).toBe(url);
});

it.each(['4318', 'collector:4318', 'grpc://collector:4317'])('refuses %s', (url) => {
  expect(() => endpointOf(url)).toThrow('not a URL such as http://127.0.0.1:4318');
});

it.each(['https://a:b@collector.example.org', 'https://a@x', 'https://collector/?api-key=b'])(
  'refuses %s, which the log would tell',
  (url) => {
    expect(() => endpointOf(url)).toThrow('set OTEL_EXPORTER_OTLP_HEADERS instead');
  },
);
