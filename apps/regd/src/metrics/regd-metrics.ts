// What Prometheus is told of regd. Loaded only when metrics are wanted; all else knows two hooks.
import { JournalMetrics, Metrics } from '@permafrost/daemon-kit/metrics';
import type { SqliteJournal } from '@permafrost/events/sqlite';
import { version } from '../version.ts';
import { CallMetrics } from './call-metrics.ts';
import { EndedWorkflows } from './ended-workflows.ts';
import { WorkflowGauges, type WorkflowsToLookAt } from './workflow-gauges.ts';

export class RegdMetrics extends Metrics {
  readonly calls: CallMetrics;
  readonly #journal: JournalMetrics;
  readonly #ended: EndedWorkflows;
  readonly #gauges: WorkflowGauges;

  constructor() {
    super({ daemon: 'regd', version });
    this.#journal = new JournalMetrics(this.registry);
    this.calls = new CallMetrics(this.registry);
    this.#ended = new EndedWorkflows(this.registry);
    this.#gauges = new WorkflowGauges(this.registry);
  }

  /** The same journal, watched. */
  watched(journal: SqliteJournal): SqliteJournal {
    return this.#journal.measured(journal, (batch) => this.#ended.count(batch));
  }

  /** From now on each scrape looks at the workflows under way. */
  lookAt(workflows: WorkflowsToLookAt): void {
    this.beforeScrape(() => this.#gauges.look(workflows));
  }
}
