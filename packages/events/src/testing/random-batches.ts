// Plans of random batches for the property tests. A plan says what each line is up to; the ids and
// heads are filled in when it is played, from what the model holds by then.
import fc from 'fast-check';
import { nilUlid, type Ulid } from '../ids/ulid.ts';
import { randomUuid, type Uuid } from '../ids/uuid.ts';
import type { Change, StreamKind } from '../journal/journal.ts';
import { nextId } from './draft.ts';
import type { JournalModel } from './journal-model.ts';

/** What a line of a batch is up to. */
export interface Line {
  do: Change['do'];
  /** Which of the few histories. */
  history: number;
  kind: StreamKind;
  /** What is wrong with the line, if anything. */
  flaw: 'none' | 'stale' | 'duplicate';
}

/** Batches that are committed at the same moment. */
export type Group = readonly (readonly Line[])[];

const line: fc.Arbitrary<Line> = fc.record({
  do: fc.constantFrom('append', 'append', 'append', 'append', 'expect', 'delete'),
  history: fc.nat({ max: 3 }),
  kind: fc.constantFrom('repo', 'repo', 'repo', 'repo', 'repo', 'repo', 'repo', 'index'),
  flaw: fc.constantFrom('none', 'none', 'none', 'none', 'none', 'none', 'stale', 'duplicate'),
});

/** Several groups, one after the other. */
export const groups: fc.Arbitrary<readonly Group[]> = fc.array(
  fc.array(fc.array(line, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 }),
  { maxLength: 12 },
);

/** Turns plans into batches for a few histories that are new for each player. */
export class BatchPlayer {
  readonly histories: readonly Uuid[] = Array.from({ length: 4 }, randomUuid).sort();
  readonly #model: JournalModel;

  constructor(model: JournalModel) {
    this.#model = model;
  }

  batch(lines: readonly Line[]): Change[] {
    // Within the batch, heads move with each line before the model has seen any of them.
    const heads = new Map<Uuid, Ulid>();
    return lines.map((plan) => {
      const history = this.histories[plan.history] ?? randomUuid();
      const head = heads.get(history) ?? this.#model.headOf(history);
      const decidedOn = plan.flaw === 'stale' ? nextId() : head;
      if (plan.do !== 'append') return { do: plan.do, history, head: decidedOn };
      const id = plan.flaw === 'duplicate' ? (this.#model.events[0]?.id ?? nilUlid) : nextId();
      heads.set(history, id);
      const body = new TextEncoder().encode(id);
      return { do: 'append', history, kind: plan.kind, id, parent: decidedOn, body };
    });
  }
}
