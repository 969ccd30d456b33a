// Whether regd is of use, for monitoring: that it can write to the journal, as its own heartbeat shows.
import { HealthCheckResponse_ServingStatus as Serving, HealthService } from '@permafrost/proto';
import { isHeard } from '@permafrost/workflow-core';
import { services } from '../access/rules.ts';
import { notFound, type RpcError } from '../grpc/rpc-error.ts';
import { serviceOf, type MakeService } from '../grpc/service.ts';
import { changes } from '../operator/changes.ts';
import type { Context } from './context.ts';

/** Each service is as well as regd is. */
export function healthService(context: Context): MakeService {
  const isKnown = (name: string): boolean => name === '' || services.has(name);
  return serviceOf(
    HealthService,
    {
      check: async ({ service }) => {
        if (!isKnown(service)) throw unknownService();
        return { status: await serving(context) };
      },
      watch: ({ service }, { signal }) =>
        changes(context.journal, signal, async () => ({
          value: { status: isKnown(service) ? await serving(context) : Serving.SERVICE_UNKNOWN },
          isBusy: false,
        })),
    },
    { subject: 'health error' },
  );
}

async function serving({ journal, instance, clock }: Context): Promise<Serving> {
  const isWell = await isHeard(journal, instance, clock.nowMs());
  return isWell ? Serving.SERVING : Serving.NOT_SERVING;
}

function unknownService(): RpcError {
  const remedy = 'Ask with an empty name for regd as a whole.';
  return notFound('SERVICE_UNKNOWN', 'unknown service', remedy);
}
