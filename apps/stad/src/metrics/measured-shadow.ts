// The snapshots of shadow repos: how many, how long, and whether there was anything to record.
import { Activity } from '@permafrost/daemon-kit/metrics';
import type { ShadowRepo } from '@permafrost/workflow-core';
import type { Registry } from 'prom-client';
import { failedOutcome, WORK_BUCKETS } from './files-outcome.ts';

export function measuredShadow(registry: Registry): (shadow: ShadowRepo) => ShadowRepo {
  const snapshots = new Activity({
    registry,
    name: 'snapshot',
    what: 'snapshots',
    labels: [],
    end: 'outcome',
    buckets: WORK_BUCKETS,
  });
  for (const outcome of ['recorded', 'unchanged', 'cancelled', 'fault'])
    snapshots.expect({}, outcome);
  return (shadow) => ({
    init: (location, author) => shadow.init(location, author),
    counted: (location, signal) => shadow.counted(location, signal),
    snapshot: (location, request, watch) =>
      snapshots.run({}, () => shadow.snapshot(location, request, watch), {
        ofResult: ({ changed }) => (changed ? 'recorded' : 'unchanged'),
        ofError: failedOutcome,
      }),
  });
}
