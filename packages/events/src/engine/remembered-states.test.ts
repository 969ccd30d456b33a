import { beforeEach, describe, expect, test } from 'vitest';
import { NoVC, RetryNoVC, ulidSource } from '../ids/ulid.ts';
import { randomUuid, type Uuid } from '../ids/uuid.ts';
import { MemoryJournal } from '../journal/memory-journal.ts';
import { counterOf } from './counter.fixture.ts';
import { Engine } from './engine.ts';

const counter = counterOf('repo');
const nextId = ulidSource();
const add = (n: number) => ({ type: 'Add', n }) as const;
const reach = (n: number) => ({ type: 'Reach', n }) as const;

class WatchedJournal extends MemoryJournal {
  looks = 0;

  override head(history: Uuid): ReturnType<MemoryJournal['head']> {
    this.looks++;
    return super.head(history);
  }
}

let journal: WatchedJournal;
let engine: Engine;
let rival: Engine;
let history: Uuid;
let other: Uuid;

beforeEach(async () => {
  journal = new WatchedJournal();
  engine = new Engine({ journal, nextId });
  rival = new Engine({ journal, nextId });
  [history, other] = [randomUuid(), randomUuid()];
  // The engine remembers one, and none of what the rival does from here on.
  await engine.tell(counter, history, RetryNoVC, add(1));
  journal.looks = 0;
});

const told = (who: Engine, n: number, id = history): Promise<unknown> =>
  who.tell(counter, id, RetryNoVC, add(n));
const valueOf = async (id = history): Promise<number> => (await rival.find(counter, id)).state;

test('the commit is the only look at what is remembered', async () => {
  await told(engine, 2);
  await told(engine, 3);
  expect(journal.looks).toBe(0);
  expect(await valueOf()).toBe(6);
});

describe('what was moved on by others meanwhile', () => {
  test('is appended to as it is now', async () => {
    await told(rival, 10);
    const seen = await engine.transact(async (tx) => {
      await tx.tell(counter, history, add(1));
      return (await tx.find(counter, history)).state;
    });
    expect(seen).toBe(12);
    expect(await valueOf()).toBe(12);
  });

  test('is also noticed if it was only read', async () => {
    await told(rival, 10);
    await engine.transact(async (tx) => {
      const { state } = await tx.find(counter, history);
      await tx.tell(counter, other, add(state));
    });
    expect(await valueOf(other)).toBe(11);
  });

  test('does not refuse what it would accept now', async () => {
    await told(rival, 10);
    await told(engine, -5);
    expect(await valueOf()).toBe(6);
  });

  test('does not accept what it would refuse now', async () => {
    await told(rival, -1);
    await expect(told(engine, -1)).rejects.toMatchObject({ refusal: 'COUNTER_NEGATIVE' });
    expect(await valueOf()).toBe(0);
  });

  test('is not taken for what is to be reached', async () => {
    await told(rival, 10);
    await engine.tell(counter, history, RetryNoVC, reach(1));
    expect(await valueOf()).toBe(1);
  });

  test('is a conflict only to who insists on a version, and then not with the remembered one', async () => {
    await told(rival, 10);
    await engine.tell(counter, history, NoVC, add(1));
    expect(await valueOf()).toBe(12);
    await told(rival, 10);
    const { vid } = await rival.find(counter, history);
    await engine.tell(counter, history, vid, add(1));
    expect(await valueOf()).toBe(23);
  });
});

test('what others have deleted meanwhile is as if it never was', async () => {
  await rival.transact((tx) => tx.delete(counter, history));
  await engine.transact(async (tx) => {
    const { state } = await tx.find(counter, history);
    await tx.tell(counter, other, add(state + 7));
  });
  expect(await valueOf(other)).toBe(7);
  await expect(told(engine, 1)).rejects.toMatchObject({ code: 'HISTORY_DELETED' });
});

test('what is thrown is decided again on current states before anybody hears of it', async () => {
  let runs = 0;
  const work = engine.transact(async (tx) => {
    runs++;
    await tx.tell(counter, history, add(-9));
  });
  await expect(work).rejects.toMatchObject({ refusal: 'COUNTER_NEGATIVE' });
  expect([runs, journal.looks]).toEqual([2, 1]);
});
