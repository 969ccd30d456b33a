import { silentLog } from '@permafrost/workflow-core/testing';
import { expect, test } from 'vitest';
import { MetricsAddressError } from './metrics-endpoint.ts';
import { Metrics } from './metrics.ts';

const anyPort = { host: '127.0.0.1', port: 0 };
const made = (): Metrics => new Metrics({ daemon: 'test', version: '1.2.3' });

test('serves the metrics, looks first, and has nothing else', async () => {
  using metrics = made();
  let looks = 0;
  metrics.beforeScrape(() => {
    looks += 1;
    return Promise.resolve();
  });
  const url = await metrics.serve(anyPort, silentLog);
  const response = await fetch(url);
  expect(response.headers.get('content-type')).toContain('text/plain; version=0.0.4');
  const text = await response.text();
  expect(text).toContain('permafrost_build_info{daemon="test",version="1.2.3"} 1\n');
  expect(text).toContain('process_cpu_seconds_total');
  expect(looks).toBe(1);
  expect((await fetch(new URL('/', url))).status).toBe(404);
  expect((await fetch(url, { method: 'POST' })).status).toBe(405);
});

test('a defect in a look is an answer, and no end of the daemon', async () => {
  using metrics = made();
  metrics.beforeScrape(() => Promise.reject(new Error('defect')));
  expect((await fetch(await metrics.serve(anyPort, silentLog))).status).toBe(500);
});

test('a port that is in use is told with the address', async () => {
  using first = made();
  const port = Number(new URL(await first.serve(anyPort, silentLog)).port);
  using second = made();
  const taken = second.serve({ host: '127.0.0.1', port }, silentLog);
  await expect(taken).rejects.toThrow(MetricsAddressError);
  await expect(taken).rejects.toThrow(`127.0.0.1:${port}: listen EADDRINUSE`);
});
