// The journal of tests and simulations: the whole contract in a few maps, lost with the process.
import { nilUlid, type Ulid, type Vid } from '../ids/ulid.ts';
import type { Uuid } from '../ids/uuid.ts';
import { advanceHead } from './advance-head.ts';
import { DuplicateEventError, JournalClosedError, UnknownEventError } from './errors.ts';
import type { Inquiries } from './inquiries.ts';
import type { Change, Head, Journal, Position, ReadOptions, StoredEvent } from './journal.ts';
import { Listeners, type Schedule } from './listeners.ts';
import { MemoryInquiries } from './memory-inquiries.ts';
import { MemoryTraces } from './memory-traces.ts';
import type { CancelRequest, Noticeboard, Presence, Progress } from './noticeboard.ts';
import type { WorkflowTraces } from './workflow-traces.ts';

export interface MemoryJournalOptions {
  /** How listeners are woken; the default is a microtask. A simulator puts its own order here. */
  schedule?: Schedule;
}

export class MemoryJournal implements Journal, Noticeboard {
  readonly inquiries: Inquiries;
  readonly traces: WorkflowTraces;
  readonly #heads = new Map<Uuid, Head>();
  /** All events, in the global order. */
  #events: StoredEvent[] = [];
  readonly #histories = new Map<Uuid, StoredEvent[]>();
  /** Which history has an event. */
  readonly #ids = new Map<Ulid, Uuid>();
  #end: Position = 0;
  readonly #presences = new Map<Uuid, Presence>();
  readonly #progress = new Map<Uuid, Progress>();
  readonly #cancelRequests = new Map<Uuid, CancelRequest>();
  readonly #listeners: Listeners;
  #closed = false;

  constructor({ schedule }: MemoryJournalOptions = {}) {
    this.#listeners = new Listeners(schedule);
    this.inquiries = new MemoryInquiries({
      whenOpen: (query) => this.#answer(query),
      wake: () => this.#listeners.notify(),
    });
    this.traces = new MemoryTraces((query) => this.#answer(query));
  }

  commit(batch: readonly Change[]): Promise<Position> {
    return this.#answer(() => {
      const heads = this.#headsAfter(batch);
      for (const [history, head] of heads) this.#heads.set(history, head);
      for (const change of batch) this.#apply(change);
      if (batch.some((change) => change.do !== 'expect')) this.#listeners.notify();
      return this.#end;
    });
  }

  read(history: Uuid, { after = nilUlid, limit }: ReadOptions = {}): Promise<StoredEvent[]> {
    return this.#answer(() => {
      const events = this.#histories.get(history) ?? [];
      // Searched from the end, where readers who follow a history stand.
      const start = events.findLastIndex(({ id }) => id === after) + 1;
      if (start === 0 && after !== nilUlid && events.length > 0) throw new UnknownEventError(after);
      return events.slice(start, limit === undefined ? undefined : start + limit);
    });
  }

  readAll(after: Position, limit: number): Promise<StoredEvent[]> {
    return this.#answer(() => {
      const start = this.#events.findLastIndex(({ position }) => position <= after) + 1;
      return this.#events.slice(start, start + limit);
    });
  }

  head(history: Uuid): Promise<Head | undefined> {
    return this.#answer(() => this.#heads.get(history));
  }

  headBefore(history: Uuid, event: Ulid): Promise<Vid> {
    return this.#answer(() => {
      const place = this.#events.findLast(({ id }) => id === event);
      if (!place) throw new UnknownEventError(event);
      const events = this.#histories.get(history) ?? [];
      return events.findLast(({ position }) => position < place.position)?.id ?? nilUlid;
    });
  }

  async *heads(): AsyncGenerator<Head> {
    const sorted = await this.#answer(() =>
      [...this.#heads.values()].sort((a, b) => (a.history < b.history ? -1 : 1)),
    );
    yield* sorted;
  }

  end(): Promise<Position> {
    return this.#answer(() => this.#end);
  }

  subscribe(listener: () => void): () => void {
    if (this.#closed) throw new JournalClosedError();
    return this.#listeners.add(listener);
  }

  close(): Promise<void> {
    this.#closed = true;
    this.#listeners.clear();
    return Promise.resolve();
  }

  announce(presence: Presence): Promise<void> {
    return this.#answer(() => void this.#presences.set(presence.instance, presence));
  }

  withdraw(instance: Uuid): Promise<void> {
    return this.#answer(() => {
      this.#presences.delete(instance);
      for (const progress of this.#progress.values()) {
        if (progress.instance === instance) this.#progress.delete(progress.workflow);
      }
    });
  }

  present(): Promise<readonly Presence[]> {
    return this.#answer(() => [...this.#presences.values()]);
  }

  report(progress: Progress): Promise<void> {
    return this.#answer(() => void this.#progress.set(progress.workflow, progress));
  }

  progress(workflow: Uuid): Promise<Progress | undefined> {
    return this.#answer(() => this.#progress.get(workflow));
  }

  askToCancel(request: CancelRequest): Promise<void> {
    return this.#answer(() => void this.#cancelRequests.set(request.workflow, request));
  }

  cancelRequest(workflow: Uuid): Promise<CancelRequest | undefined> {
    return this.#answer(() => this.#cancelRequests.get(workflow));
  }

  clear(workflow: Uuid): Promise<void> {
    return this.#answer(() => {
      this.#progress.delete(workflow);
      this.#cancelRequests.delete(workflow);
    });
  }

  /** The heads that the batch would leave behind. Throws if a line does not pass; changes nothing. */
  #headsAfter(batch: readonly Change[]): ReadonlyMap<Uuid, Head> {
    const heads = new Map<Uuid, Head>();
    const appended = new Map<Ulid, Uuid>();
    const deleted = new Set<Uuid>();
    for (const change of batch) {
      const { history } = change;
      const head = advanceHead(heads.get(history) ?? this.#heads.get(history), change);
      if (head) heads.set(history, head);
      if (change.do === 'delete') deleted.add(history);
      if (change.do !== 'append') continue;
      // Ids of histories that an earlier line deletes are free again.
      const holder = appended.get(change.id) ?? this.#ids.get(change.id);
      if (holder && !deleted.has(holder)) throw new DuplicateEventError(change.id);
      appended.set(change.id, history);
    }
    return heads;
  }

  #apply(change: Change): void {
    if (change.do === 'append') this.#append(change);
    else if (change.do === 'delete') this.#delete(change.history);
  }

  #append({ history, kind, id, parent, body }: Extract<Change, { do: 'append' }>): void {
    const position = ++this.#end;
    // The body is copied, since the caller may use its buffer again.
    const event: StoredEvent = { position, history, kind, id, parent, body: body.slice() };
    this.#events.push(event);
    this.#ids.set(id, history);
    const events = this.#histories.get(history);
    if (events) events.push(event);
    else this.#histories.set(history, [event]);
  }

  #delete(history: Uuid): void {
    for (const { id } of this.#histories.get(history) ?? []) this.#ids.delete(id);
    this.#histories.delete(history);
    this.#events = this.#events.filter((event) => event.history !== history);
  }

  /** A promise of what `work` returns or throws, done at once: calls keep their order. */
  #answer<T>(work: () => T): Promise<T> {
    return new Promise((resolve) => {
      if (this.#closed) throw new JournalClosedError();
      resolve(work());
    });
  }
}
