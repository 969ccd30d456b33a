// The flag of both daemons that turns metrics on. Nothing of them is loaded before it is given.
import { isIP } from 'node:net';
import type { Log } from '@permafrost/workflow-core';
import { InvalidArgumentError, Option } from 'commander';
import { tcpAddressOf, type TcpAddress } from '../tcp-address.ts';
import type { Metrics } from './metrics.ts';

export type MetricsFlags = Readonly<{ metricsListen?: TcpAddress }>;

export function metricsOption(): Option {
  return new Option(
    '--metrics-listen <address>',
    'serve metrics for Prometheus at PORT of this machine, or at ADDRESS:PORT (default: not at all)',
  ).argParser(metricsAddress);
}

/** The metrics of a daemon, served, if they are wanted. What measures is loaded only then. */
export async function metricsServed<M extends Metrics>(
  { metricsListen }: MetricsFlags,
  load: () => Promise<M>,
  log: Log,
): Promise<M | undefined> {
  if (!metricsListen) return undefined;
  const metrics = await load();
  await metrics.serve(metricsListen, log);
  return metrics;
}

function metricsAddress(text: string): TcpAddress {
  const address = tcpAddressOf(/^\d+$/.test(text) ? `127.0.0.1:${text}` : text);
  if (!address) throw new InvalidArgumentError('neither PORT nor ADDRESS:PORT');
  if (isIP(address.host) !== 0) return address;
  throw new InvalidArgumentError('it names a host: give one of the addresses of this machine');
}
