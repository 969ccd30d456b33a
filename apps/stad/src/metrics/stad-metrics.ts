// What Prometheus is told of stad. Loaded only when metrics are wanted; it wraps the ports of the work.
import { JournalMetrics, Metrics } from '@permafrost/daemon-kit/metrics';
import type { Journal } from '@permafrost/events';
import type { ImmutableTree, RepoLock, ShadowRepo } from '@permafrost/workflow-core';
import { Gauge } from 'prom-client';
import type { CheckRun } from '../check/responder.ts';
import { version } from '../version.ts';
import { measuredChecks } from './measured-checks.ts';
import { measuredLock } from './measured-lock.ts';
import { measuredShadow } from './measured-shadow.ts';
import { measuredTree } from './measured-tree.ts';

export class StadMetrics extends Metrics {
  readonly #journal: JournalMetrics;
  readonly #roots: Gauge;
  /** The same tree, watched; and so on. */
  readonly tree: (tree: ImmutableTree) => ImmutableTree;
  readonly shadow: (shadow: ShadowRepo) => ShadowRepo;
  readonly lock: (lock: RepoLock) => RepoLock;
  readonly checks: CheckRun;

  constructor() {
    super({ daemon: 'stad', version });
    const { registry } = this;
    this.#journal = new JournalMetrics(registry);
    this.#roots = new Gauge({
      name: 'permafrost_roots_served',
      help: 'How many directories stad is limited to by --root; 0: it is not.',
      registers: [registry],
    });
    this.tree = measuredTree(registry);
    this.shadow = measuredShadow(registry);
    this.lock = measuredLock(registry);
    this.checks = measuredChecks(registry);
  }

  watched<J extends Journal>(journal: J): J {
    return this.#journal.measured(journal);
  }

  serving(roots: readonly string[]): void {
    this.#roots.set(roots.length);
  }
}
