import { setImmediate as nextTurn } from 'node:timers/promises';
import { beforeEach, expect, test } from 'vitest';
import { NoVC, ulidSource } from '../ids/ulid.ts';
import { randomUuid, type Uuid } from '../ids/uuid.ts';
import { JournalUnavailableError } from '../journal/errors.ts';
import { MemoryJournal } from '../journal/memory-journal.ts';
import { counterOf } from './counter.fixture.ts';
import { Engine } from './engine.ts';
import type { SavedState, StateStore } from './state-store.ts';

class MemoryStates implements StateStore {
  readonly saved = new Map<Uuid, SavedState>();
  saves = 0;
  failing = false;

  loadState(history: Uuid): Promise<SavedState | undefined> {
    return this.#answer(() => this.saved.get(history));
  }

  saveState(history: Uuid, saved: SavedState): Promise<void> {
    return this.#answer(() => {
      this.saves++;
      this.saved.set(history, saved);
    });
  }

  #answer<T>(work: () => T): Promise<T> {
    if (this.failing) return Promise.reject(new JournalUnavailableError('busy'));
    return Promise.resolve(work());
  }
}

const nextId = ulidSource();
const text = new TextEncoder();

/** A counter whose states are saved, each with a ballast of so many bytes. */
function savedCounter({ format = '1', ballast = 0 } = {}) {
  const counter = counterOf('repo');
  return Object.assign(counter, {
    stateCodec: {
      format,
      encode: (state: number) => text.encode(state.toString().padStart(ballast)),
      decode: (bytes: Uint8Array) => {
        const state = Number(new TextDecoder().decode(bytes));
        if (Number.isNaN(state)) throw new TypeError('not a number');
        return state;
      },
    },
  });
}

type Counter = ReturnType<typeof savedCounter>;

let journal: MemoryJournal;
let states: MemoryStates;
let history: Uuid;

beforeEach(() => {
  journal = new MemoryJournal();
  states = new MemoryStates();
  history = randomUuid();
});

const start = (): Engine => new Engine({ journal, nextId, states });

async function grow(counter: Counter, events: number, engine = start()): Promise<void> {
  const add = { type: 'Add', n: 1 } as const;
  for (let i = 0; i < events; i++) await engine.tell(counter, history, NoVC, add);
  await nextTurn();
  await nextTurn();
}

/** What a new process finds, and how many events it has to fold for it. */
async function find(counter: Counter): Promise<{ state: number; folded: number }> {
  counter.folded = 0;
  const { state } = await start().find(counter, history);
  return { state, folded: counter.folded };
}

test('a start folds only what came after the state that was saved', async () => {
  const counter = savedCounter();
  await grow(counter, 520);
  expect(await find(counter)).toEqual({ state: 520, folded: 20 });
});

test('nothing is saved before it is worth it, or of aggregates that do not ask for it', async () => {
  await grow(savedCounter(), 499);
  expect(states.saves).toBe(0);
  const other = counterOf('repo');
  const engine = start();
  for (let i = 0; i < 600; i++) {
    await engine.tell(other, history, NoVC, { type: 'Add', n: 1 });
  }
  await nextTurn();
  expect(states.saves).toBe(0);
});

test('what a start had to fold is saved as well, once', async () => {
  const counter = savedCounter();
  states.failing = true;
  await grow(counter, 1700);
  states.failing = false;
  expect(await find(counter)).toEqual({ state: 1700, folded: 1700 });
  await nextTurn();
  await nextTurn();
  expect(states.saves).toBe(1);
  expect(await find(counter)).toEqual({ state: 1700, folded: 0 });
});

test('a large state is saved less often', async () => {
  const counter = savedCounter({ ballast: 1024 * 1000 });
  const engine = start();
  await grow(counter, 500, engine);
  expect(states.saves).toBe(1);
  await grow(counter, 999, engine);
  expect(states.saves).toBe(1);
  await grow(counter, 1, engine);
  expect(states.saves).toBe(2);
});

test.each([
  ['of another format', { format: 'repo 2' }],
  ['that cannot be read', { bytes: text.encode('x') }],
  ['of a version that the history does not have', { vid: nextId() }],
])('a state %s is passed over, and made anew', async (_, change) => {
  const counter = savedCounter();
  await grow(counter, 600);
  const saved = states.saved.get(history);
  if (!saved) throw new Error('nothing was saved');
  states.saved.set(history, { ...saved, ...change });
  expect(await find(counter)).toEqual({ state: 600, folded: 600 });
  await nextTurn();
  await nextTurn();
  expect((await find(counter)).folded).toBe(0);
});

test('a store that fails keeps nobody from working', async () => {
  const counter = savedCounter();
  states.failing = true;
  await grow(counter, 600);
  expect(await find(counter)).toEqual({ state: 600, folded: 600 });
});
