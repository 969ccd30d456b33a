import { indexCodec, nilUlid, type IndexEvent } from '@permafrost/events';
import { beforeEach, describe, expect, test } from 'vitest';
import { eventId, idOf } from '../testing/names.ts';
import type { Indexed } from './indexed.ts';
import { isWorthwhile, snapshotOf } from './snapshot.ts';
import { indexStateCodec } from './state-codec.ts';
import { decide, entryOf, evolve, initialIndex, type WorkflowIndex } from './workflow-index.ts';

function fold(events: readonly IndexEvent[], from = initialIndex): WorkflowIndex {
  return events.reduce((state, event, i) => evolve(state, event, { id: eventId(1 + i) }), from);
}

const globalPath = (i: number): string => `/example/größe/${'x'.repeat(i % 200)}/${i}`;

/** `count` workflows, the last `active` of which have not completed. */
function workflows(count: number, active = 0): IndexEvent[] {
  return Array.from({ length: count }, (_, i): IndexEvent[] => {
    const workflowId = idOf(`workflow ${i}`);
    const direction = i % 3 === 0 ? 'unfreeze' : 'freeze';
    // Later numbers started earlier, so that an order by start is not the order of arrival.
    const startedEventId = eventId(100_000 - i);
    const entry = { direction, workflowId, startedEventId, globalPath: globalPath(i) } as const;
    const completedEventId = eventId(200_000 + i);
    const begun: IndexEvent = { type: 'WorkflowIndexed', entry };
    if (i >= count - active) return [begun];
    return [begun, { type: 'IndexedWorkflowCompleted', direction, workflowId, completedEventId }];
  }).flat();
}

function snapshot(index: WorkflowIndex): readonly IndexEvent[] {
  const decision = decide(index, { type: 'Snapshot' });
  if (!decision.accepted) throw new Error(decision.refusal);
  return decision.events;
}

/** Events that leave nothing behind. */
function bygone(count: number): IndexEvent[] {
  const direction = 'freeze';
  return Array.from({ length: count }, (_, i) => idOf(`bygone ${i}`)).flatMap(
    (workflowId): IndexEvent[] => [
      {
        type: 'WorkflowIndexed',
        entry: { direction, workflowId, startedEventId: eventId(1), globalPath: '/' },
      },
      { type: 'IndexedWorkflowCompleted', direction, workflowId, completedEventId: eventId(2) },
      { type: 'IndexedWorkflowDeleted', direction, workflowId },
    ],
  );
}

const withoutIndexEvents = (entries: Iterable<Indexed>) =>
  [...entries]
    .map((entry) => ({ ...entry, indexEventId: undefined }))
    .sort((a, b) => (a.workflowId < b.workflowId ? -1 : 1));

const contents = ({ active, completed }: WorkflowIndex) =>
  [active, completed].map((entries) => withoutIndexEvents(entries.values()));

describe('a snapshot', () => {
  const index = fold([...bygone(700), ...workflows(2000, 40)]);
  let events: readonly IndexEvent[];

  beforeEach(() => {
    events = snapshot(index);
  });

  test('says what the index knew, to those who were there and to those who come later', () => {
    for (const from of [index, initialIndex, fold(workflows(7))]) {
      const after = fold(events, from);
      expect(contents(after)).toEqual(contents(index));
      expect(after.eventsSinceSnapshot).toBe(0);
    }
  });

  test('can be read up to any event of it, and on from there', () => {
    const middle = Math.floor(events.length / 2);
    const after = fold(events.slice(middle), fold(events.slice(0, middle), index));
    expect(contents(after)).toEqual(contents(index));
  });

  test('comes in events of at most 100 KiB, each with one direction, in the order of starts', () => {
    const [begin, ...rest] = events;
    const end = rest.pop();
    expect([begin?.type, end?.type]).toEqual(['SnapshotBegun', 'SnapshotEnded']);
    expect(rest.length).toBeGreaterThan(3);
    const directions = rest.map((event) => {
      if (event.type !== 'SnapshotRecorded') throw new Error(event.type);
      const starts = event.entries.map(({ startedEventId }) => startedEventId);
      expect(starts).toEqual(starts.toSorted());
      const bytes = indexCodec.encode(event, { id: eventId(1), parent: nilUlid });
      expect(bytes.length).toBeLessThanOrEqual(100 * 1024);
      const found = new Set(event.entries.map(({ direction }) => direction));
      expect(found.size).toBe(1);
      return [...found].join();
    });
    expect(directions).toEqual(directions.toSorted());
  });

  test('fills its events', () => {
    const [, first] = events;
    if (first?.type !== 'SnapshotRecorded') throw new Error('no entries');
    const bytes = indexCodec.encode(first, { id: eventId(1), parent: nilUlid });
    expect(bytes.length).toBeGreaterThan(90 * 1024);
  });

  test('of an empty index says just that', () => {
    expect(snapshotOf([]).map(({ type }) => type)).toEqual(['SnapshotBegun', 'SnapshotEnded']);
  });

  test('with a path longer than an event should be has it all the same', () => {
    const entry = entryOf(fold(workflows(1)), idOf('workflow 0'));
    if (!entry) throw new Error('no entry');
    const long = { ...entry, globalPath: `/${'x'.repeat(200_000)}` };
    expect(snapshotOf([entry, long, entry])).toHaveLength(5);
  });

  test('tells of pings first, also in the order of their starts', () => {
    const started = [3, 1, 2].map((n) => ({
      workflowId: idOf(`ping ${n}`),
      startedEventId: eventId(n),
    }));
    const [, first, second] = snapshotOf([...index.active.values()], started);
    expect(first).toMatchObject({
      entries: [],
      pings: [1, 2, 3].map((n) => ({ startedEventId: eventId(n) })),
    });
    expect(second).not.toHaveProperty('pings');
  });
});

describe('whether a snapshot is worthwhile', () => {
  test.each([
    [999, 0, false],
    [1000, 0, true],
    [1000, 500, true],
    [1000, 501, false],
    // The old system stopped at 200 workflows.
    [200_000, 100_000, true],
    [199_999, 100_000, false],
  ])('%i events since the last, %i workflows: %s', (eventsSinceSnapshot, workflows, expected) => {
    expect(isWorthwhile({ eventsSinceSnapshot, workflows })).toBe(expected);
  });

  test('is not so right after one, and is again in time', () => {
    const index = fold([...bygone(400), ...workflows(600)]);
    const after = fold(snapshot(index), index);
    expect(snapshot(after)).toEqual([]);
    expect(snapshot(fold(bygone(399), after))).toEqual([]);
    expect(snapshot(fold(bygone(400), after))).not.toEqual([]);
  });
});

test('an index that was saved is the same index', () => {
  const index = fold(workflows(1500, 3));
  const again = indexStateCodec.decode(indexStateCodec.encode(index));
  const sorted = ({ active, completed }: WorkflowIndex): unknown =>
    [active, completed].map((entries) =>
      [...entries.values()].sort((a, b) => (a.workflowId < b.workflowId ? -1 : 1)),
    );
  expect(sorted(again)).toEqual(sorted(index));
  expect(again.eventsSinceSnapshot).toBe(index.eventsSinceSnapshot);
  expect(entryOf(again, idOf('workflow 3'))?.globalPath).toBe(globalPath(3));
  const saved = indexStateCodec.encode(again);
  expect(() => indexStateCodec.decode(saved.subarray(0, saved.length / 2))).toThrow(RangeError);
});
