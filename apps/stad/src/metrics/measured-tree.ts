// The walks over trees: how many, how long, and over how many entries.
import { Activity } from '@permafrost/daemon-kit/metrics';
import type { Direction, ImmutableTree } from '@permafrost/workflow-core';
import { Counter, type Registry } from 'prom-client';
import { failedOutcome, WORK_BUCKETS } from './files-outcome.ts';

const kinds: readonly Direction[] = ['freeze', 'unfreeze'];

export function measuredTree(registry: Registry): (tree: ImmutableTree) => ImmutableTree {
  const walks = new Activity({
    registry,
    name: 'tree_walk',
    what: 'walks over trees',
    labels: ['kind'],
    end: 'outcome',
    buckets: WORK_BUCKETS,
  });
  const entries = (name: string, help: string): Counter =>
    new Counter({
      name: `permafrost_tree_entries_${name}_total`,
      help,
      labelNames: ['kind'],
      registers: [registry],
    });
  const seen = entries('seen', 'Files and directories that completed walks went over.');
  const changed = entries('changed', 'Files and directories whose attribute they changed.');
  for (const kind of kinds) {
    for (const counter of [seen, changed]) counter.inc({ kind }, 0);
    for (const outcome of ['ok', 'cancelled', 'fault']) walks.expect({ kind }, outcome);
  }
  const outcomes = { ofResult: () => 'ok', ofError: failedOutcome };
  return (tree) => ({
    examine: (path, policy, watch) =>
      walks.run({ kind: 'examine' }, () => tree.examine(path, policy, watch), outcomes),
    apply: async (kind, path, watch) => {
      const summary = await walks.run({ kind }, () => tree.apply(kind, path, watch), outcomes);
      seen.inc({ kind }, summary.dirs + summary.files);
      changed.inc({ kind }, summary.changed);
      return summary;
    },
  });
}
