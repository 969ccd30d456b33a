// Counts the freezes and thaws that have ended, as the batches tell that this regd commits.
import { directions, workflowCodec, type Change } from '@permafrost/events';
import { SC_OK } from '@permafrost/workflow-core';
import { Counter, type Registry } from 'prom-client';

export class EndedWorkflows {
  readonly #total: Counter;

  constructor(registry: Registry) {
    this.#total = new Counter({
      name: 'permafrost_workflows_ended_total',
      help: 'How many freezes and thaws this process has ended.',
      labelNames: ['kind', 'outcome'],
      registers: [registry],
    });
    for (const kind of directions) {
      for (const outcome of ['completed', 'failed']) this.#total.inc({ kind, outcome }, 0);
    }
  }

  count(batch: readonly Change[]): void {
    for (const change of batch) {
      if (change.do !== 'append' || change.kind !== 'workflow') continue;
      const { event } = workflowCodec.decode(change.body);
      if (event.type !== 'WorkflowCompleted') continue;
      const outcome = event.status.code === SC_OK ? 'completed' : 'failed';
      this.#total.inc({ kind: event.direction, outcome });
    }
  }
}
