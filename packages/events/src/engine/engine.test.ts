import fc from 'fast-check';
import { beforeEach, describe, expect, it, test } from 'vitest';
import { nilUlid, NoVC, RetryNoVC, ulidSource, type Vid } from '../ids/ulid.ts';
import { randomUuid, type Uuid } from '../ids/uuid.ts';
import { JournalUnavailableError } from '../journal/errors.ts';
import type { Change, Position } from '../journal/journal.ts';
import { MemoryJournal } from '../journal/memory-journal.ts';
import { counterOf } from './counter.fixture.ts';
import { Engine } from './engine.ts';
import { RefusedError, VersionConflictError } from './errors.ts';

const nextId = ulidSource();
const repoCounter = counterOf('repo');
const indexCounter = counterOf('index');
const add = (n: number) => ({ type: 'Add', n }) as const;
const reach = (n: number) => ({ type: 'Reach', n }) as const;

/** Counts commits, and lets a test do something right before one of them. */
class WatchedJournal extends MemoryJournal {
  commits = 0;
  reads = 0;
  /** Run once before the next commit, as another process that is faster. */
  before: (() => Promise<unknown>)[] = [];

  override async commit(batch: readonly Change[]): Promise<Position> {
    this.commits++;
    await this.before.shift()?.();
    return super.commit(batch);
  }

  override read(...args: Parameters<MemoryJournal['read']>): ReturnType<MemoryJournal['read']> {
    this.reads++;
    return super.read(...args);
  }
}

let journal: WatchedJournal;
let engine: Engine;
let rival: Engine;
let history: Uuid;

beforeEach(() => {
  journal = new WatchedJournal();
  engine = new Engine({ journal, nextId });
  rival = new Engine({ journal, nextId });
  history = randomUuid();
});

const valueOf = async (id = history, who = engine): Promise<number> =>
  (await who.find(repoCounter, id)).state;

const rivalAdds =
  (n: number, id = history) =>
  () =>
    rival.tell(repoCounter, id, RetryNoVC, add(n));

describe('find', () => {
  test("two sets of rules for the same history do not get each other's states", async () => {
    await engine.tell(repoCounter, history, NoVC, add(3));
    const doubled = { ...repoCounter, initial: 100 };
    expect((await engine.find(doubled, history)).state).toBe(103);
    expect(await valueOf()).toBe(3);
    const both = engine.transact(async (tx) => {
      await tx.find(repoCounter, history);
      await tx.find(doubled, history);
    });
    await expect(both).rejects.toThrow('invariant');
  });

  test('a history without events has the initial state and the nil version', async () => {
    expect(await engine.find(repoCounter, history)).toEqual({ vid: nilUlid, state: 0 });
  });

  test('sees what others have appended, and folds each event once', async () => {
    await engine.tell(repoCounter, history, NoVC, add(1));
    const vid = await rival.tell(repoCounter, history, NoVC, add(2));
    repoCounter.folded = 0;
    expect(await engine.find(repoCounter, history)).toEqual({ vid, state: 3 });
    expect(await engine.find(repoCounter, history)).toEqual({ vid, state: 3 });
    expect(repoCounter.folded).toBe(1);
  });

  test('needs no events of what was followed since, and folds each of them once', async () => {
    await engine.tell(repoCounter, history, NoVC, add(1));
    const vid = await rival.tell(repoCounter, history, NoVC, add(2));
    repoCounter.folded = 0;
    // The first event is known already, and follows nothing.
    expect(await engine.readAll(0, 100)).toHaveLength(2);
    const before = journal.reads;
    expect(await engine.find(repoCounter, history)).toEqual({ vid, state: 3 });
    expect(journal.reads).toBe(before);
    expect(repoCounter.folded).toBe(1);
  });

  test('reads what was followed in part', async () => {
    await valueOf();
    for (const n of [1, 2, 4]) await rival.tell(repoCounter, history, NoVC, add(n));
    await engine.readAll(0, 2);
    expect(await valueOf()).toBe(7);
    await rivalAdds(8)();
    await rivalAdds(16)();
    const [, , , , last] = await journal.readAll(0, 100);
    await engine.readAll((last?.position ?? 0) - 1, 100);
    expect(await valueOf()).toBe(31);
  });

  test('what cannot be read is told to who asks for it, and not to who follows', async () => {
    const parent = await engine.tell(repoCounter, history, NoVC, add(1));
    const change = { do: 'append', history, kind: 'repo', id: nextId(), parent } as const;
    await journal.commit([{ ...change, body: new Uint8Array(3) }]);
    expect(await engine.readAll(0, 100)).toHaveLength(2);
    await expect(valueOf()).rejects.toMatchObject({ code: 'EVENT_UNREADABLE' });
  });

  test('reads a history of several pages', async () => {
    for (let i = 0; i < 5; i++) {
      await engine.transact(async (tx) => {
        for (let n = 0; n < 500; n++) await tx.tell(repoCounter, history, add(1));
      });
    }
    const fresh = new Engine({ journal, nextId });
    expect(await valueOf(history, fresh)).toBe(2500);
  });

  test('a deleted history is as if it never was, also to who knew it', async () => {
    await engine.tell(repoCounter, history, NoVC, add(1));
    await rival.transact((tx) => tx.delete(repoCounter, history));
    expect(await engine.find(repoCounter, history)).toEqual({ vid: nilUlid, state: 0 });
    await expect(engine.tell(repoCounter, history, NoVC, add(1))).rejects.toMatchObject({
      code: 'HISTORY_DELETED',
    });
    expect(await engine.tell(repoCounter, history, NoVC, reach(0))).toBe(nilUlid);
  });

  test('a history of another kind is not misread', async () => {
    await engine.tell(repoCounter, history, NoVC, add(1));
    const wrong = { code: 'HISTORY_OF_OTHER_KIND' };
    await expect(rival.find(indexCounter, history)).rejects.toMatchObject(wrong);
    await expect(rival.tell(indexCounter, history, NoVC, add(1))).rejects.toMatchObject(wrong);
    // Nor is the state that is in memory already.
    await expect(engine.find(indexCounter, history)).rejects.toMatchObject(wrong);
  });

  test('forgets what was not used for long, and reads it again', async () => {
    const small = new Engine({ journal, nextId, cachedStatesMax: 2 });
    const ids = [randomUuid(), randomUuid(), randomUuid()] as const;
    for (const id of ids) await rival.tell(repoCounter, id, NoVC, add(1));
    const readsFor = async (id: Uuid): Promise<number> => {
      const before = journal.reads;
      await small.find(repoCounter, id);
      return journal.reads - before;
    };
    for (const id of ids) expect(await readsFor(id)).toBe(1);
    expect(await readsFor(ids[2])).toBe(0);
    expect(await readsFor(ids[1])).toBe(0);
    expect(await readsFor(ids[0])).toBe(1);
  });

  test('unreadable bytes are told', async () => {
    const id = nextId();
    const change = { do: 'append', history, kind: 'repo', id, parent: nilUlid } as const;
    await journal.commit([{ ...change, body: new Uint8Array(3) }]);
    await expect(valueOf()).rejects.toMatchObject({ code: 'EVENT_UNREADABLE' });
  });
});

/** What each way to give a version does. `race`: a rival commits between decision and commit. */
describe('tell', () => {
  it.each([
    ['NoVC', NoVC, 'quiet', 'done'],
    ['NoVC', NoVC, 'race', 'JOURNAL_CONFLICT'],
    ['RetryNoVC', RetryNoVC, 'quiet', 'done'],
    ['RetryNoVC', RetryNoVC, 'race', 'done'],
    ['the current version', 'current', 'quiet', 'done'],
    ['the current version', 'current', 'race', 'JOURNAL_CONFLICT'],
    ['an old version', 'old', 'quiet', 'VERSION_CONFLICT'],
    ['the nil version', nilUlid, 'quiet', 'VERSION_CONFLICT'],
  ] as const)('with %3$s: %4$s', async (_, mode, race, outcome) => {
    const old = await engine.tell(repoCounter, history, NoVC, add(1));
    const current = await engine.tell(repoCounter, history, NoVC, add(1));
    if (race === 'race') journal.before.push(rivalAdds(5));
    const vids: Record<string, Vid> = { old, current };
    const told = engine.tell(repoCounter, history, vids[mode] ?? (mode as Vid), add(1));
    expect(await outcomeOf(told)).toBe(outcome);
    const expected = 2 + (race === 'race' ? 5 : 0) + (outcome === 'done' ? 1 : 0);
    expect(await valueOf()).toBe(expected);
  });

  test('resolves to the new version, or to the current one when nothing is new', async () => {
    const vid = await engine.tell(repoCounter, history, NoVC, reach(3));
    expect((await journal.head(history))?.vid).toBe(vid);
    expect(await engine.tell(repoCounter, history, NoVC, reach(3))).toBe(vid);
    expect(journal.commits).toBe(1);
  });

  test('"already so" wins over an old version (gap 2)', async () => {
    const old = await engine.tell(repoCounter, history, NoVC, reach(3));
    const vid = await rival.tell(repoCounter, history, NoVC, reach(4));
    expect(await engine.tell(repoCounter, history, old, reach(4))).toBe(vid);
  });

  test('an old version wins over a refusal: who decides on old news is told the news', async () => {
    const old = await engine.tell(repoCounter, history, NoVC, add(1));
    await rival.tell(repoCounter, history, NoVC, add(1));
    await expect(engine.tell(repoCounter, history, old, add(-9))).rejects.toThrow(
      VersionConflictError,
    );
    const refused = engine.tell(repoCounter, history, NoVC, add(-9));
    await expect(refused).rejects.toThrow(RefusedError);
    await expect(refused).rejects.toMatchObject({
      refusal: 'COUNTER_NEGATIVE',
      kind: 'repo',
      history,
    });
  });

  test('the words of a version conflict are those of the wire', async () => {
    const stored = await engine.tell(repoCounter, history, NoVC, add(1));
    await expect(engine.tell(repoCounter, history, nilUlid, add(1))).rejects.toThrow(
      `version conflict: stored VID ${stored} != expected VID ${nilUlid}`,
    );
  });

  test('two first events at once: the loser decides again (behaviour.md 1, detail a)', async () => {
    journal.before.push(rivalAdds(5));
    await engine.tell(repoCounter, history, RetryNoVC, reach(7));
    expect(await valueOf()).toBe(7);
  });

  test('gives up in the end, and waits longer and longer before that', async () => {
    const attempts: number[] = [];
    const patient = new Engine({
      journal,
      nextId,
      pause: (attempt) => Promise.resolve(void attempts.push(attempt)),
    });
    // Before each commit of the patient one comes one of the rival, which is not raced itself.
    journal.before = Array.from({ length: 200 }, (_, i) =>
      i % 2 === 0 ? rivalAdds(1) : () => Promise.resolve(),
    );
    await expect(patient.tell(repoCounter, history, RetryNoVC, add(1))).rejects.toMatchObject({
      code: 'JOURNAL_CONFLICT',
    });
    expect(attempts).toEqual(Array.from({ length: attempts.length }, (_, i) => i + 1));
    expect(attempts.length).toBeGreaterThanOrEqual(5);
  });

  test('a fault of the journal is not a lost race', async () => {
    journal.before.push(() => Promise.reject(new JournalUnavailableError('disk is full')));
    await expect(engine.tell(repoCounter, history, RetryNoVC, add(1))).rejects.toMatchObject({
      code: 'JOURNAL_UNAVAILABLE',
    });
    expect(journal.commits).toBe(1);
    expect(await valueOf()).toBe(0);
  });
});

describe('transact', () => {
  test('commits all or nothing', async () => {
    const other = randomUuid();
    const work = engine.transact(async (tx) => {
      await tx.tell(repoCounter, history, add(1));
      await tx.tell(indexCounter, other, add(-1));
    });
    await expect(work).rejects.toThrow(RefusedError);
    expect(await journal.end()).toBe(0);
    expect(await valueOf()).toBe(0);
  });

  test('appends in the order of deciding, as chains', async () => {
    const other = randomUuid();
    await engine.transact(async (tx) => {
      await tx.tell(repoCounter, history, add(1));
      await tx.tell(indexCounter, other, add(2));
      await tx.tell(repoCounter, history, add(3));
    });
    const events = await journal.readAll(0, 10);
    expect(events.map((event) => event.history)).toEqual([history, other, history]);
    expect(events[2]?.parent).toBe(events[0]?.id);
    for (const { kind, id, parent, body } of events) {
      expect(counterOf(kind).codec.decode(body).header).toEqual({ id, parent });
    }
  });

  test('sees its own facts, and others see them only once they are committed', async () => {
    const seen = await engine.transact(async (tx) => {
      await tx.tell(repoCounter, history, add(2));
      return [(await tx.find(repoCounter, history)).state, await valueOf()];
    });
    expect(seen).toEqual([2, 0]);
    expect(await valueOf()).toBe(2);
  });

  test('what was only read must still be so: else it decides again', async () => {
    const watched = randomUuid();
    journal.before.push(rivalAdds(10, watched));
    let runs = 0;
    await engine.transact(async (tx) => {
      runs++;
      const { state } = await tx.find(repoCounter, watched);
      await tx.tell(repoCounter, history, add(state + 1));
    });
    expect(runs).toBe(2);
    expect(await valueOf()).toBe(11);
  });

  test('without facts commits nothing', async () => {
    const result = await engine.transact(async (tx) => (await tx.find(repoCounter, history)).state);
    expect(result).toBe(0);
    expect(journal.commits).toBe(0);
  });

  test('goes on after a refusal that it has asked for', async () => {
    const refusals = await engine.transact(async (tx) => {
      const no = await tx.attempt(repoCounter, history, add(-1));
      const yes = await tx.attempt(repoCounter, history, add(1));
      return [no, yes];
    });
    expect(refusals).toEqual(['COUNTER_NEGATIVE', undefined]);
    expect(await valueOf()).toBe(1);
  });

  test('can ask whether a command would pass, without its facts', async () => {
    const vid = await engine.tell(repoCounter, history, NoVC, add(1));
    await engine.transact(async (tx) => {
      await tx.insist(repoCounter, history, add(1), vid);
      await expect(tx.insist(repoCounter, history, add(-5), vid)).rejects.toThrow(RefusedError);
      await expect(tx.insist(repoCounter, history, add(1), nilUlid)).rejects.toThrow(
        VersionConflictError,
      );
    });
    expect(await valueOf()).toBe(1);
  });

  test('takes an id for one kind of history only, also while it has no events', async () => {
    for (const id of [history, randomUuid()]) {
      await engine.tell(repoCounter, history, NoVC, reach(1));
      await engine.transact(async (tx) => {
        await tx.find(repoCounter, id);
        const wrong = { code: 'HISTORY_OF_OTHER_KIND', history: id };
        await expect(tx.find(indexCounter, id)).rejects.toMatchObject(wrong);
        await expect(tx.tell(indexCounter, id, add(1))).rejects.toMatchObject(wrong);
      });
    }
  });

  test('deletes together with its facts, and only what it has seen', async () => {
    const doomed = randomUuid();
    await engine.tell(repoCounter, doomed, NoVC, add(1));
    journal.before.push(rivalAdds(1, doomed));
    let runs = 0;
    await engine.transact(async (tx) => {
      runs++;
      await tx.delete(repoCounter, doomed);
      await tx.tell(repoCounter, history, add(1));
    });
    expect(runs).toBe(2);
    expect((await journal.head(doomed))?.deleted).toBe(true);
    expect(await valueOf(doomed)).toBe(0);
  });

  test('a lost acknowledgement is decided on again, on what is really there', async () => {
    const lossy = new AckLosingJournal();
    const lost = new Engine({ journal: lossy, nextId });
    await expect(lost.tell(repoCounter, history, RetryNoVC, reach(1))).rejects.toMatchObject({
      code: 'JOURNAL_UNAVAILABLE',
    });
    await lost.tell(repoCounter, history, RetryNoVC, reach(1));
    expect(await lossy.read(history)).toHaveLength(1);
  });
});

/** A journal whose commits are durable, but whose caller never hears of it. */
class AckLosingJournal extends MemoryJournal {
  override async commit(batch: readonly Change[]): Promise<Position> {
    await super.commit(batch);
    throw new JournalUnavailableError('the reply was lost');
  }
}

test('N concurrent increments never lose one, over any number of engines and histories', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.record({ engine: fc.nat({ max: 3 }), history: fc.nat({ max: 2 }) }), {
        minLength: 1,
        maxLength: 24,
      }),
      async (engineCount, increments) => {
        const shared = new MemoryJournal();
        const engines = Array.from(
          { length: engineCount },
          () => new Engine({ journal: shared, nextId }),
        );
        const ids = [randomUuid(), randomUuid(), randomUuid()];
        const total = randomUuid();
        await Promise.all(
          increments.map(({ engine: who, history: which }) =>
            (engines[who % engineCount] ?? engine).transact(
              async (tx) => {
                await tx.tell(repoCounter, ids[which] ?? total, add(1));
                await tx.tell(repoCounter, total, add(1));
              },
              { retriesMax: increments.length },
            ),
          ),
        );
        const check = new Engine({ journal: shared, nextId });
        const values = await Promise.all(ids.map((id) => valueOf(id, check)));
        expect(values).toEqual(
          ids.map((_, i) => increments.filter((one) => one.history === i).length),
        );
        expect(await valueOf(total, check)).toBe(increments.length);
      },
    ),
    { numRuns: 40 },
  );
});

async function outcomeOf(told: Promise<unknown>): Promise<string> {
  try {
    await told;
    return 'done';
  } catch (error) {
    return (error as { code: string }).code;
  }
}
