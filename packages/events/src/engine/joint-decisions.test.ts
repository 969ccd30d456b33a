import { beforeEach, expect, test, vi } from 'vitest';
import { nilUlid, NoVC, RetryNoVC, ulidSource } from '../ids/ulid.ts';
import { randomUuid, type Uuid } from '../ids/uuid.ts';
import { HistoryDeletedError, JournalUnavailableError } from '../journal/errors.ts';
import type { Change, Position } from '../journal/journal.ts';
import { MemoryJournal } from '../journal/memory-journal.ts';
import { counterOf } from './counter.fixture.ts';
import { Engine } from './engine.ts';
import type { Transaction } from './transaction.ts';

const counter = counterOf('repo');
const add = (n: number) => ({ type: 'Add', n }) as const;

/** Counts commits, and lets a test answer some of them. */
class ScriptedJournal extends MemoryJournal {
  commits = 0;
  until: Promise<unknown> = Promise.resolve();
  answer: (batch: readonly Change[]) => Error | undefined = () => undefined;

  override async commit(batch: readonly Change[]): Promise<Position> {
    this.commits++;
    await this.until;
    const error = this.answer(batch);
    if (error) throw error;
    return super.commit(batch);
  }
}

let journal: ScriptedJournal;
let engine: Engine;
let history: Uuid;

beforeEach(() => {
  journal = new ScriptedJournal();
  engine = new Engine({ journal, nextId: ulidSource() });
  history = randomUuid();
});

const increment = (): Promise<unknown> =>
  engine.transact((tx) => tx.tell(counter, history, add(1)));
const valueOf = async (id = history): Promise<number> => (await engine.find(counter, id)).state;
const times = <T>(n: number, work: () => T): T[] => Array.from({ length: n }, work);
const appendsTo = (id: Uuid) => (batch: readonly Change[]) =>
  batch.some((change) => change.do === 'append' && change.history === id);

test('those who come at the same moment share a commit', async () => {
  await Promise.all(times(64, increment));
  expect(await valueOf()).toBe(64);
  expect(journal.commits).toBe(1);
});

test('those who come while a commit is under way share the next', async () => {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  journal.until = promise;
  const first = increment();
  await vi.waitUntil(() => journal.commits === 1);
  const others = times(63, increment);
  resolve(undefined);
  await Promise.all([first, ...others]);
  expect(await valueOf()).toBe(64);
  expect(journal.commits).toBe(2);
});

test('what one deletes is gone for those who are decided after it, in the same batch', async () => {
  await increment();
  const other = randomUuid();
  journal.commits = 0;
  const [, found] = await Promise.all([
    engine.transact(async (tx) => {
      await tx.delete(counter, history);
      await tx.tell(counter, other, add(1));
    }),
    engine.transact(async (tx) => {
      await tx.tell(counter, other, add(1));
      return tx.find(counter, history);
    }),
  ]);
  expect(journal.commits).toBe(1);
  expect(found).toEqual({ vid: nilUlid, state: 0 });
  expect(await valueOf(other)).toBe(2);
});

test('a deletion is taken back with the rest of what did not come to its end', async () => {
  await increment();
  const failed = engine.transact(async (tx) => {
    await tx.delete(counter, history);
    throw new TypeError('a defect');
  });
  await expect(Promise.all([failed.catch(() => 'failed'), increment()])).resolves.toHaveLength(2);
  expect(await valueOf()).toBe(2);
});

test('those who lose a race against others are decided again together', async () => {
  await increment();
  const rival = new Engine({ journal, nextId: ulidSource() });
  await rival.tell(counter, history, RetryNoVC, add(10));
  journal.commits = 0;
  await Promise.all(times(64, increment));
  expect(await valueOf()).toBe(75);
  expect(journal.commits).toBe(2);
});

test('however many they are, and on whose behalf ever, all come to their turn', async () => {
  const both = [engine, engine.onBehalfOf({ subject: 'somebody' })];
  const tell = (tx: Transaction) => tx.tell(counter, history, add(1));
  await Promise.all(both.flatMap((one) => times(60, () => one.transact(tell))));
  expect(await valueOf()).toBe(120);
});

test('one that is refused leaves nothing in the batch of the others', async () => {
  const other = randomUuid();
  const refused = (): Promise<unknown> =>
    engine.transact(async (tx) => {
      await tx.tell(counter, history, add(1));
      await tx.tell(counter, other, add(1));
      await tx.tell(counter, other, add(-9));
    });
  const all = await Promise.allSettled([increment(), increment(), refused(), increment()]);
  expect(all.map(({ status }) => status)).toEqual([
    'fulfilled',
    'fulfilled',
    'rejected',
    'fulfilled',
  ]);
  expect(all[2]).toMatchObject({ reason: { code: 'REFUSED', refusal: 'COUNTER_NEGATIVE' } });
  expect([await valueOf(), await valueOf(other)]).toEqual([3, 0]);
});

test('nobody is refused for what the others decided before it, and did not come to pass', async () => {
  const other = randomUuid();
  // Alone it would pass; after the others it would be refused.
  const once = (): Promise<unknown> =>
    engine.transact(async (tx) => {
      if ((await tx.find(counter, other)).state > 0) await tx.tell(counter, history, add(-999));
      return tx.tell(counter, history, add(1));
    });
  const doomed = (): Promise<unknown> =>
    engine.transact(async (tx) => {
      await tx.tell(counter, history, add(1));
      await tx.tell(counter, other, add(1));
    });
  journal.answer = (batch) =>
    appendsTo(other)(batch) ? new HistoryDeletedError(other) : undefined;
  const all = await Promise.allSettled([increment(), ...times(3, doomed), once()]);
  expect(all.at(-1)?.status).toBe('fulfilled');
  expect(await valueOf(other)).toBe(0);
});

test('the fault of one does not become that of the others', async () => {
  const bad = randomUuid();
  journal.answer = (batch) => (appendsTo(bad)(batch) ? new HistoryDeletedError(bad) : undefined);
  const fails = (): Promise<unknown> =>
    engine.transact(async (tx) => {
      await tx.tell(counter, history, add(1));
      await tx.tell(counter, bad, add(1));
    });
  const all = await Promise.allSettled([increment(), increment(), fails(), increment()]);
  expect(all.map(({ status }) => status)).toEqual([
    'fulfilled',
    'fulfilled',
    'rejected',
    'fulfilled',
  ]);
  expect(all[2]).toMatchObject({ reason: { code: 'HISTORY_DELETED' } });
  expect(await valueOf()).toBe(3);
});

test('a fault that may pass is told to all, and nobody is tried again for it', async () => {
  journal.answer = () => new JournalUnavailableError('disk is full');
  const all = await Promise.allSettled(times(8, increment));
  expect(all).toMatchObject(times(8, () => ({ reason: { code: 'JOURNAL_UNAVAILABLE' } })));
  expect(journal.commits).toBe(1);
});

test('who does not want to be decided again is told of the race', async () => {
  const told = times(3, () => engine.tell(counter, history, NoVC, add(1)));
  const all = await Promise.allSettled(told);
  expect(all.slice(1)).toMatchObject(times(2, () => ({ reason: { code: 'JOURNAL_CONFLICT' } })));
});
