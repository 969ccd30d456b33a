import type { Log } from '@permafrost/workflow-core';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { TcpAddress } from '../tcp-address.ts';
import { MetricsEndpoint } from './metrics-endpoint.ts';

/** The metrics of one daemon: those of every process, its version, and what is added to `registry`. */
export class Metrics implements Disposable {
  readonly registry: Registry = new Registry();
  readonly #looks: (() => Promise<void>)[] = [];
  #endpoint: MetricsEndpoint | undefined;

  constructor({ daemon, version }: Readonly<{ daemon: string; version: string }>) {
    const registers = [this.registry];
    collectDefaultMetrics({ register: this.registry });
    new Gauge({
      name: 'permafrost_build_info',
      help: 'Always 1; the labels tell which program of which version this is.',
      labelNames: ['daemon', 'version'],
      registers,
    }).set({ daemon, version }, 1);
  }

  /** Lets Prometheus come for them, until disposed of. Throws {@link MetricsAddressError}. */
  async serve(address: TcpAddress, log: Log): Promise<string> {
    this.#endpoint = await MetricsEndpoint.open(address, this, log);
    return this.#endpoint.url;
  }

  [Symbol.dispose](): void {
    this.#endpoint?.[Symbol.dispose]();
  }

  /** Runs before each scrape, to set what would be too dear to keep up to date all the time. */
  beforeScrape(look: () => Promise<void>): void {
    this.#looks.push(look);
  }

  /** All values as they are now, in the text format of Prometheus. */
  async text(): Promise<string> {
    await Promise.all(this.#looks.map((look) => look()));
    return this.registry.metrics();
  }
}
