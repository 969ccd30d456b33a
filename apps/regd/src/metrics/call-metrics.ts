// The gRPC calls: how many, how they ended, how long they took.
import { status } from '@grpc/grpc-js';
import { Activity } from '@permafrost/daemon-kit/metrics';
import { Counter, Gauge, type Registry } from 'prom-client';
import type { OnCall } from '../access/guard.ts';

/** Watching and waiting calls stay open for hours, and fall into the last one. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60];

export class CallMetrics {
  readonly #calls: Activity<'service' | 'method'>;
  readonly #open: Gauge;
  readonly #refused: Counter;

  constructor(registry: Registry) {
    this.#calls = new Activity({
      registry,
      name: 'rpc_call',
      what: 'gRPC calls',
      labels: ['service', 'method'],
      end: 'code',
      buckets: BUCKETS,
    });
    this.#open = new Gauge({
      name: 'permafrost_rpc_calls_open',
      help: 'How many gRPC calls are under way.',
      labelNames: ['service', 'method'],
      registers: [registry],
    });
    this.#refused = new Counter({
      name: 'permafrost_rpc_calls_refused_total',
      help: 'How many gRPC calls were refused to their callers.',
      labelNames: ['code'],
      registers: [registry],
    });
    for (const code of ['UNAUTHENTICATED', 'PERMISSION_DENIED']) this.#refused.inc({ code }, 0);
  }

  readonly onCall: OnCall = (rpc) => {
    const [, service = '', method = ''] = rpc.split('/');
    const end = this.#calls.begin({ service, method });
    this.#open.inc({ service, method });
    return ({ code, isRefused }) => {
      this.#open.dec({ service, method });
      end(status[code]);
      if (isRefused) this.#refused.inc({ code: status[code] });
    };
  };
}
