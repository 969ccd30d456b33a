import {
  JournalUnavailableError,
  NoVC,
  nilUlid,
  randomUuid,
  ulidSource,
  Engine,
  mainId,
  type StoredEvent,
  type Ulid,
} from '@permafrost/events';
import { MemoryJournal } from '@permafrost/events/testing';
import { beforeEach, describe, expect, test } from 'vitest';
import { main } from '../main/main.ts';
import { settled } from '../testing/agenda.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { silentLog } from '../testing/silent-log.ts';
import { Runner, type Loop } from './runner.ts';

let journal: MemoryJournal;
let clock: FakeClock;
let stop: AbortController;
let runs: string[];
/** What each run of a task does; the default is done at once. */
let work: (task: string) => Promise<void>;
let open: string[];
let concerns: (event: StoredEvent) => readonly string[];

beforeEach(() => {
  journal = new MemoryJournal();
  clock = new FakeClock();
  stop = new AbortController();
  runs = [];
  open = [];
  work = () => Promise.resolve();
  concerns = () => ['news'];
});

const loop: Loop<string> = {
  keyOf: (task) => task,
  async *open() {
    await Promise.resolve();
    yield* open;
  },
  concerns: (event) => concerns(event),
  run: (task) => {
    runs.push(task);
    return work(task);
  },
};

function start(using: Loop<string> = loop): { runner: Runner<string>; done: Promise<void> } {
  const engine = new Engine({ journal, nextId: ulidSource() });
  const runner = new Runner({ engine, loop: using, clock, random: () => 0, log: silentLog });
  return { runner, done: runner.run(stop.signal) };
}

let count = 0;

/** Appends one event. */
async function happen(): Promise<void> {
  const engine = new Engine({ journal, nextId: ulidSource() });
  await engine.tell(main, mainId, NoVC, { type: 'InitMain', name: 'main' });
  await engine.tell(main, mainId, NoVC, { type: 'AcceptRegistry', name: `r${++count}` });
}

describe('the runner', () => {
  test('lets the loop cut a pause before another try short', async () => {
    open = ['task'];
    work = () =>
      runs.length < 3 ? Promise.reject(new JournalUnavailableError('busy')) : Promise.resolve();
    const pauses: (readonly [string, number])[] = [];
    const { done } = start({
      ...loop,
      pause: (task, ms) => {
        pauses.push([task, ms]);
        return Promise.resolve();
      },
    });
    await settled();
    expect(runs).toHaveLength(3);
    expect(pauses).toEqual([
      ['task', 50],
      ['task', 100],
    ]);
    stop.abort();
    await done;
  });

  test('runs what is open at its start, and what events name later', async () => {
    await happen();
    open = ['left over'];
    const { done } = start();
    await settled();
    expect(runs).toEqual(['left over']);
    await happen();
    await settled();
    expect(runs).toEqual(['left over', 'news']);
    stop.abort();
    await done;
  });

  test('follows also what is committed faster than it reads', async () => {
    concerns = ({ id }) => [id];
    const { done } = start();
    await settled();
    const [nextId, history, length] = [ulidSource(), randomUuid(), 2500];
    let parent: Ulid = nilUlid;
    const batch = Array.from({ length }, () => {
      const append = { do: 'append', history, kind: 'main', id: nextId(), parent } as const;
      parent = append.id;
      return { ...append, body: new Uint8Array(1) };
    });
    await journal.commit(batch);
    await settled();
    expect(runs).toEqual(batch.map(({ id }) => id));
    stop.abort();
    await done;
  });

  test('ends with a defect in naming what an event concerns', async () => {
    concerns = () => {
      throw new TypeError('undefined is not a function');
    };
    const { done } = start();
    const ended = expect(done).rejects.toThrow(TypeError);
    await settled();
    await happen();
    await ended;
    expect(runs).toEqual([]);
  });

  test('runs a task that is named while it runs once more, and never twice at once', async () => {
    const gates = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
    work = () => gates[runs.length - 1]?.promise ?? Promise.resolve();
    const { runner, done } = start();
    await happen();
    await settled();
    for (let i = 0; i < 3; i++) await happen();
    await settled();
    expect(runs).toEqual(['news']);
    gates[0]?.resolve(undefined);
    await settled();
    expect(runs).toEqual(['news', 'news']);
    gates[1]?.resolve(undefined);
    await settled();
    expect(runs).toHaveLength(2);
    expect(runner.tasksOpen).toBe(0);
    stop.abort();
    await done;
  });

  test('tries again after a fault, later and later, while others go on', async () => {
    open = ['broken', 'sound'];
    work = (task) =>
      task === 'broken' ? Promise.reject(new JournalUnavailableError('busy')) : Promise.resolve();
    const { done } = start();
    const brokenRuns = async (afterMs: number): Promise<number> => {
      await clock.advance(afterMs);
      return runs.filter((task) => task === 'broken').length;
    };
    await settled();
    expect(runs).toEqual(['broken', 'sound']);
    expect(await brokenRuns(49)).toBe(1);
    expect(await brokenRuns(1)).toBe(2);
    expect(await brokenRuns(99)).toBe(2);
    expect(await brokenRuns(1)).toBe(3);
    stop.abort();
    await done;
  });

  test('passes over an event that cannot be read', async () => {
    concerns = ({ position }) => {
      if (position % 2 === 1) throw new JournalUnavailableError('not an event');
      return ['news'];
    };
    const { done } = start();
    await settled();
    await happen();
    await settled();
    expect(runs).toEqual(['news']);
    stop.abort();
    await done;
  });

  test('follows a journal that is down for a while', async () => {
    const read = journal.readAll.bind(journal);
    let failures = 2;
    journal.readAll = (...args) =>
      failures-- > 0 ? Promise.reject(new JournalUnavailableError('locked')) : read(...args);
    const { done } = start();
    await happen();
    await clock.advance(1000);
    expect(runs).toContain('news');
    stop.abort();
    await done;
  });

  test('waits for the work under way when it is told to stop, and begins no more', async () => {
    const gate = Promise.withResolvers<undefined>();
    work = () => gate.promise;
    open = ['long'];
    const { done } = start();
    await settled();
    stop.abort();
    let isOver = false;
    void done.then(() => (isOver = true));
    await happen();
    await settled();
    expect(isOver).toBe(false);
    gate.resolve(undefined);
    await done;
    expect(runs).toEqual(['long']);
  });

  test('ends with a bug, so that the process starts again', async () => {
    open = ['buggy'];
    work = () => Promise.reject(new TypeError('undefined is not a function'));
    const { done } = start();
    await expect(done).rejects.toThrow(TypeError);
  });
});
