// The rows of traces, on the connection whose commits do not wait for the disk.
import type { Database } from 'better-sqlite3';
import { uuidToBytes, type Uuid } from '../../ids/uuid.ts';
import { TRACES_KEPT_MS, type WorkflowTrace, type WorkflowTraces } from '../workflow-traces.ts';

export interface TraceRowsOptions {
  db: Database;
  /** Runs a query when the journal is open and not busy, with the faults of the ports. */
  whenFree: <T>(query: () => T) => Promise<T>;
}

export class TraceRows implements WorkflowTraces {
  readonly #whenFree: TraceRowsOptions['whenFree'];
  readonly #recall;
  readonly #remember: (workflow: Uint8Array, traceparent: string, atMs: number) => void;

  constructor({ db, whenFree }: TraceRowsOptions) {
    this.#whenFree = whenFree;
    this.#recall = db
      .prepare<[Uint8Array], string>('SELECT traceparent FROM workflow_traces WHERE workflow = ?')
      .pluck();
    const forget = db.prepare<[number]>('DELETE FROM workflow_traces WHERE at_ms < ?');
    const add = db.prepare<[Uint8Array, string, number]>(
      'INSERT OR IGNORE INTO workflow_traces (workflow, traceparent, at_ms) VALUES (?, ?, ?)',
    );
    const remember = db.transaction((workflow: Uint8Array, traceparent: string, atMs: number) => {
      forget.run(atMs - TRACES_KEPT_MS);
      add.run(workflow, traceparent, atMs);
    });
    this.#remember = (workflow, traceparent, atMs) => {
      remember.immediate(workflow, traceparent, atMs);
    };
  }

  remember({ workflow, traceparent, atMs }: WorkflowTrace): Promise<void> {
    return this.#whenFree(() => this.#remember(uuidToBytes(workflow), traceparent, atMs));
  }

  recall(workflow: Uuid): Promise<string | undefined> {
    return this.#whenFree(() => this.#recall.get(uuidToBytes(workflow)));
  }
}
