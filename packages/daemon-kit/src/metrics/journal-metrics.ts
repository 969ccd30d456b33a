// How the journal takes what a daemon commits to it.
import { JournalConflictError, type Change, type Journal, type Position } from '@permafrost/events';
import { Counter, type Registry } from 'prom-client';
import { withCommit } from '../with-commit.ts';
import { Activity } from './activity.ts';

const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Told of each batch that is in the journal now. */
export type OnCommitted = (batch: readonly Change[]) => void;

export class JournalMetrics {
  readonly #commits: Activity<never>;
  readonly #appended: Counter;

  constructor(registry: Registry) {
    this.#commits = new Activity({
      registry,
      name: 'journal_commit',
      what: 'commits to the journal by this process',
      labels: [],
      end: 'outcome',
      buckets: BUCKETS,
    });
    for (const outcome of ['ok', 'conflict', 'fault']) this.#commits.expect({}, outcome);
    this.#appended = new Counter({
      name: 'permafrost_journal_events_appended_total',
      help: 'How many events this process has appended to the journal.',
      registers: [registry],
    });
  }

  /** The same journal, all of it, whose commits are measured. */
  measured<J extends Journal>(journal: J, onCommitted: OnCommitted = () => undefined): J {
    const commit = async (batch: readonly Change[]): Promise<Position> => {
      const position = await this.#commits.run({}, () => journal.commit(batch), {
        ofResult: () => 'ok',
        ofError: (error) => (error instanceof JournalConflictError ? 'conflict' : 'fault'),
      });
      this.#appended.inc(batch.filter((change) => change.do === 'append').length);
      onCommitted(batch);
      return position;
    };
    return withCommit(journal, commit);
  }
}
