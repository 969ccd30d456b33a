// Batches that wait at the same moment share one transaction, because the wait for the disk is
// nearly all that a commit costs. Each keeps its own all-or-nothing, and its own answer.
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Database } from 'better-sqlite3';
import type { Change, Position } from '../journal.ts';
import type { BatchWriter } from './batch-writer.ts';
import { isSqliteError } from './faults.ts';

type Batch = readonly Change[];
type Outcome = PromiseSettledResult<Position>;

interface Waiting {
  batch: Batch;
  resolve: (position: Position) => void;
  reject: (reason: unknown) => void;
}

export interface GroupCommitOptions {
  db: Database;
  writer: BatchWriter;
  /** Runs one transaction, and again while the database is busy. */
  patiently: <T>(attempt: () => T) => Promise<T>;
  /** Called after each transaction, before anybody gets an answer; what it throws is the answer. */
  assertKept: () => void;
  /** Called after each transaction that wrote something, before anybody gets an answer. */
  onCommitted: () => void;
}

/** Bounds how long one transaction keeps the process, and other processes, waiting. */
const GROUP_SIZE_MAX = 512;

export class GroupCommit {
  readonly #waiting: Waiting[] = [];
  readonly #options: GroupCommitOptions;
  readonly #transact: (batches: readonly Batch[]) => Outcome[];
  #draining: Promise<void> | undefined;
  #transactions = 0;

  constructor(options: GroupCommitOptions) {
    this.#options = options;
    const { db, writer } = options;
    // Inside of the other transaction this one is a savepoint: a refused batch leaves no trace.
    const writeOne = db.transaction((batch: Batch) => writer.write(batch));
    const writeAll = db.transaction((batches: readonly Batch[]) =>
      batches.map((batch) => outcomeOf(() => writeOne(batch))),
    );
    this.#transact = (batches) =>
      batches.length === 1
        ? batches.map((batch) => outcomeOf(() => writeOne.immediate(batch)))
        : writeAll.immediate(batches);
  }

  /** How many transactions there were so far. */
  get transactions(): number {
    return this.#transactions;
  }

  /** Resolves when the batch is on the disk; throws what {@link BatchWriter.write} throws. */
  commit(batch: Batch): Promise<Position> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ batch, resolve, reject });
      this.#draining ??= this.#drain();
    });
  }

  /** Resolves when nobody waits any more. */
  async idle(): Promise<void> {
    await this.#draining;
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      // All that this turn of the event loop still brings goes into the same transaction.
      await nextTurn();
      await this.#commitGroup(this.#waiting.splice(0, GROUP_SIZE_MAX));
    }
    this.#draining = undefined;
  }

  async #commitGroup(group: readonly Waiting[]): Promise<void> {
    const batches = group.map(({ batch }) => batch);
    try {
      const outcomes = await this.#options.patiently(() => this.#transact(batches));
      this.#options.assertKept();
      this.#transactions++;
      if (outcomes.some(({ status }, i) => status === 'fulfilled' && isWrite(batches[i]))) {
        this.#options.onCommitted();
      }
      outcomes.forEach((outcome, i) => {
        if (outcome.status === 'fulfilled') group[i]?.resolve(outcome.value);
        else group[i]?.reject(outcome.reason);
      });
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  }
}

/** A refusal is the batch's own; when the database itself fails, it fails for all. */
function outcomeOf(write: () => Position): Outcome {
  try {
    return { status: 'fulfilled', value: write() };
  } catch (reason) {
    if (isSqliteError(reason)) throw reason;
    return { status: 'rejected', reason };
  }
}

function isWrite(batch: Batch = []): boolean {
  return batch.some((change) => change.do !== 'expect');
}
