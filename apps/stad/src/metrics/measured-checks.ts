// The checks of repos: how many, how long, and whether what they saw was as recorded.
import { Activity } from '@permafrost/daemon-kit/metrics';
import type { Registry } from 'prom-client';
import type { CheckRun } from '../check/responder.ts';
import { failedOutcome, WORK_BUCKETS } from './files-outcome.ts';

export function measuredChecks(registry: Registry): CheckRun {
  const checks = new Activity({
    registry,
    name: 'check',
    what: 'checks of repos',
    labels: ['tier'],
    end: 'outcome',
    buckets: WORK_BUCKETS,
  });
  for (const tier of ['frozen', 'online'])
    for (const outcome of ['ok', 'drift', 'cancelled', 'fault']) checks.expect({ tier }, outcome);
  return ({ tier }, run) =>
    checks.run({ tier }, run, {
      ofResult: ({ drifts }) => (drifts.length > 0 ? 'drift' : 'ok'),
      ofError: failedOutcome,
    });
}
