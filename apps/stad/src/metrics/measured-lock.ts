// Whoever works on the files of a repo holds its lock: so the locks tell how many are worked on.
import type { RepoLock } from '@permafrost/workflow-core';
import { Gauge, type Registry } from 'prom-client';

export function measuredLock(registry: Registry): (lock: RepoLock) => RepoLock {
  const atWork = new Gauge({
    name: 'permafrost_repos_at_work',
    help: 'How many repos stad holds the lock of, to work on them or to look at them.',
    registers: [registry],
  });
  return (lock) => ({
    hold: (repoId, signal, work) =>
      lock.hold(repoId, signal, async () => {
        atWork.inc();
        try {
          return await work();
        } finally {
          atWork.dec();
        }
      }),
  });
}
