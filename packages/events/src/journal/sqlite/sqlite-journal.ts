// The journal, the noticeboard, the inquiries, the traces and the saved states in one SQLite file that
// several processes share. This file only puts the parts together: every call waits its turn, and answers
// with the faults of the ports.
import { statSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Database } from 'better-sqlite3';
import type { SavedState, StateStore } from '../../engine/state-store.ts';
import type { Ulid, Vid } from '../../ids/ulid.ts';
import { nilUuid, type Uuid } from '../../ids/uuid.ts';
import { JournalClosedError } from '../errors.ts';
import type { Inquiries } from '../inquiries.ts';
import type { Change, Head, Journal, Position, ReadOptions, StoredEvent } from '../journal.ts';
import { Listeners } from '../listeners.ts';
import type { CancelRequest, Noticeboard, Presence, Progress } from '../noticeboard.ts';
import type { WorkflowTraces } from '../workflow-traces.ts';
import { inspectJournal } from './backup.ts';
import { BatchWriter } from './batch-writer.ts';
import { Doorbell } from './doorbell.ts';
import { FilesInPlace } from './files-in-place.ts';
import { GroupCommit } from './group-commit.ts';
import { InquiryRows } from './inquiry-rows.ts';
import { KnownHeads } from './known-heads.ts';
import { schemaVersion } from './migrate.ts';
import { newsOf } from './news.ts';
import { NoticeRows } from './notice-rows.ts';
import { patiently } from './patience.ts';
import { Reads } from './reads.ts';
import { StateRows } from './state-rows.ts';
import { TraceRows } from './trace-rows.ts';

/** What `status` and a person in trouble want to know. */
export type JournalDiagnostics = Readonly<{
  path: string;
  schemaVersion: number;
  /** The position of the last event, and so about how many there were. */
  end: Position;
  /** The sizes of the database and of its write-ahead log. */
  databaseBytes: number;
  walBytes: number;
  /** How many transactions of events this handle has made. */
  transactions: number;
  /** How other processes' commits are noticed; `none` while nobody listens. */
  wakeUps: 'doorbell' | 'looking' | 'none';
}>;

export interface SqliteJournalOptions {
  /** The database file; `FILE.doorbell` is put beside it. */
  path: string;
  /** Unix milliseconds, for the tombstones of deleted histories. The default is the system's. */
  nowMs?: () => number;
  /** How long a call waits while other processes keep the database busy. The default is 10 s. */
  patienceMs?: number;
  /** How often a listener looks for news even if no bell rings. The default is 2 s. */
  lookMs?: number;
}

/** The open connections: one for events, one for all that may be lost. */
export interface Connections {
  events: Database;
  notices: Database;
}

const HEADS_PAGE = 500;

export class SqliteJournal implements Journal, Noticeboard, StateStore {
  readonly inquiries: Inquiries;
  readonly traces: WorkflowTraces;
  readonly #path: string;
  readonly #patienceMs: number;
  readonly #connections: Connections;
  readonly #closing = new AbortController();
  readonly #listeners = new Listeners();
  readonly #commits: GroupCommit;
  readonly #reads: Reads;
  readonly #notices: NoticeRows;
  readonly #states: StateRows;
  readonly #doorbell: Doorbell;
  readonly #hasNews: () => boolean;
  readonly #files: FilesInPlace;

  /** Takes the connections over. Use {@link openSqliteJournal}, which opens and migrates them. */
  constructor(
    connections: Connections,
    { path, nowMs = Date.now, patienceMs = 10_000, lookMs = 2_000 }: SqliteJournalOptions,
  ) {
    const { events, notices } = connections;
    this.#path = path;
    this.#patienceMs = patienceMs;
    this.#connections = connections;
    this.#files = new FilesInPlace(path);
    const heads = new KnownHeads(events);
    this.#reads = new Reads(events, heads);
    this.#notices = new NoticeRows(notices);
    this.#states = new StateRows(notices);
    this.#hasNews = newsOf(events);
    this.#doorbell = new Doorbell({
      path: `${path}.doorbell`,
      lookMs,
      onRing: () => {
        this.#lookForNews();
      },
    });
    this.#commits = new GroupCommit({
      db: events,
      writer: new BatchWriter(events, { nowMs, heads }),
      patiently: (attempt) => this.#patiently(attempt),
      assertKept: () => this.#files.lookNowAndThen(),
      onCommitted: () => this.#wakeAll(),
    });
    this.inquiries = new InquiryRows({
      db: notices,
      whenFree: (query) => this.#answer(query),
      wake: () => this.#wakeAll(),
    });
    this.traces = new TraceRows({ db: notices, whenFree: (query) => this.#answer(query) });
  }

  async commit(batch: readonly Change[]): Promise<Position> {
    this.#assertOpen();
    return this.#commits.commit(batch);
  }

  read(history: Uuid, options: ReadOptions = {}): Promise<readonly StoredEvent[]> {
    return this.#answer(() => this.#reads.read(history, options));
  }

  readAll(after: Position, limit: number): Promise<readonly StoredEvent[]> {
    return this.#answer(() => this.#reads.readAll(after, limit));
  }

  head(history: Uuid): Promise<Head | undefined> {
    return this.#answer(() => this.#reads.head(history));
  }

  headBefore(history: Uuid, event: Ulid): Promise<Vid> {
    return this.#answer(() => this.#reads.headBefore(history, event));
  }

  async *heads(): AsyncGenerator<Head> {
    let after: Uuid | undefined = nilUuid;
    while (after) {
      const from: Uuid = after;
      const page = await this.#answer(() => this.#reads.headsAfter(from, HEADS_PAGE));
      yield* page;
      // Reading needs no waiting, and heads may be many: others shall have their turn in between.
      await nextTurn();
      after = page.at(-1)?.history;
    }
  }

  end(): Promise<Position> {
    return this.#answer(() => this.#reads.end());
  }

  subscribe(listener: () => void): () => void {
    this.#assertOpen();
    if (this.#listeners.size === 0) this.#doorbell.listen();
    const remove = this.#listeners.add(listener);
    return () => {
      remove();
      if (this.#listeners.size === 0) this.#doorbell.mute();
    };
  }

  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    this.#doorbell.mute();
    this.#listeners.clear();
    await this.#commits.idle();
    this.#doorbell.close();
    this.#connections.notices.close();
    this.#connections.events.close();
  }

  announce(presence: Presence): Promise<void> {
    return this.#answer(() => this.#notices.announce(presence));
  }

  withdraw(instance: Uuid): Promise<void> {
    return this.#answer(() => this.#notices.withdraw(instance));
  }

  present(): Promise<readonly Presence[]> {
    return this.#answer(() => this.#notices.present());
  }

  report(progress: Progress): Promise<void> {
    return this.#answer(() => this.#notices.report(progress));
  }

  progress(workflow: Uuid): Promise<Progress | undefined> {
    return this.#answer(() => this.#notices.progress(workflow));
  }

  askToCancel(request: CancelRequest): Promise<void> {
    return this.#answer(() => this.#notices.askToCancel(request));
  }

  cancelRequest(workflow: Uuid): Promise<CancelRequest | undefined> {
    return this.#answer(() => this.#notices.cancelRequest(workflow));
  }

  clear(workflow: Uuid): Promise<void> {
    return this.#answer(() => this.#notices.clear(workflow));
  }

  loadState(history: Uuid): Promise<SavedState | undefined> {
    return this.#answer(() => this.#states.load(history));
  }

  saveState(history: Uuid, saved: SavedState): Promise<void> {
    return this.#answer(() => this.#states.save(history, saved));
  }

  /** Costs the same however long the journal is. */
  diagnostics(): Promise<JournalDiagnostics> {
    return this.#answer(() => ({
      path: this.#path,
      schemaVersion: schemaVersion(this.#connections.events),
      end: this.#reads.end(),
      databaseBytes: sizeOf(this.#path),
      walBytes: sizeOf(`${this.#path}-wal`),
      transactions: this.#commits.transactions,
      wakeUps: this.#wakeUps(),
    }));
  }

  /** Looks at every page and row: one line for each defect, none if all is sound. */
  async checkIntegrity(): Promise<readonly string[]> {
    this.#assertOpen();
    return (await inspectJournal(this.#path)).defects;
  }

  #wakeUps(): JournalDiagnostics['wakeUps'] {
    if (this.#listeners.size === 0) return 'none';
    return this.#doorbell.isWatched ? 'doorbell' : 'looking';
  }

  #wakeAll(): void {
    this.#doorbell.ring();
    this.#listeners.notify();
  }

  #lookForNews(): void {
    let isNews: boolean;
    try {
      this.#files.lookNowAndThen();
      isNews = this.#hasNews();
    } catch {
      // Whoever reads next meets the fault where it can be handled.
      isNews = true;
    }
    if (isNews) this.#listeners.notify();
  }

  async #answer<T>(query: () => T): Promise<T> {
    this.#assertOpen();
    return this.#patiently(query);
  }

  #patiently<T>(attempt: () => T): Promise<T> {
    return patiently(attempt, {
      path: this.#path,
      patienceMs: this.#patienceMs,
      closing: this.#closing.signal,
    });
  }

  #assertOpen(): void {
    if (this.#closing.signal.aborted) throw new JournalClosedError();
    this.#files.assertNotLost();
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
