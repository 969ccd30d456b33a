import { FilesFault } from '@permafrost/workflow-core';

/** Work takes from a tenth of a second to hours; in seconds. */
export const WORK_BUCKETS: readonly number[] = [
  0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600, 14_400, 43_200,
];

/** How work on files ended that has thrown. */
export function failedOutcome(error: unknown): 'cancelled' | 'fault' {
  const isCancelled = error instanceof FilesFault && error.code === 'FILES_CANCELLED';
  return isCancelled ? 'cancelled' : 'fault';
}
