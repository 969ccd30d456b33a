// The naive journal that every adapter is compared with: lists that are searched from end to end,
// and a copy of everything before each batch. It repeats the contract, not the adapters.
import { nilUlid, type Ulid } from '../ids/ulid.ts';
import type { Uuid } from '../ids/uuid.ts';
import type { Change, StoredEvent } from '../journal/journal.ts';

type ModelEvent = Omit<StoredEvent, 'position'>;

export class JournalModel {
  events: readonly ModelEvent[] = [];
  deleted: readonly Uuid[] = [];

  of(history: Uuid): readonly ModelEvent[] {
    return this.events.filter((event) => event.history === history);
  }

  headOf(history: Uuid): Ulid {
    return this.of(history).at(-1)?.id ?? nilUlid;
  }

  /** The code of the error with which a journal must answer, or `ok`. */
  commit(batch: readonly Change[]): string {
    const { events, deleted } = this;
    for (const change of batch) {
      const answer = this.#apply(change);
      if (answer === 'ok') continue;
      this.events = events;
      this.deleted = deleted;
      return answer;
    }
    return 'ok';
  }

  #apply(change: Change): string {
    const { history } = change;
    const kind = this.of(history)[0]?.kind;
    const decidedOn = change.do === 'append' ? change.parent : change.head;
    if (this.deleted.includes(history) && change.do !== 'expect') return 'HISTORY_DELETED';
    if (change.do === 'append' && kind && kind !== change.kind) return 'HISTORY_OF_OTHER_KIND';
    if (decidedOn !== this.headOf(history)) return 'JOURNAL_CONFLICT';
    if (change.do === 'append') {
      const isTaken = this.events.some(({ id }) => id === change.id) || change.id === nilUlid;
      if (isTaken) return 'DUPLICATE_EVENT';
      const { id, parent, body } = change;
      this.events = [...this.events, { history, kind: change.kind, id, parent, body }];
    }
    if (change.do === 'delete' && kind) {
      this.deleted = [...this.deleted, history];
      this.events = this.events.filter((event) => event.history !== history);
    }
    return 'ok';
  }
}
