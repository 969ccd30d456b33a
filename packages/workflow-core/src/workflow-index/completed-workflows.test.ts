import fc from 'fast-check';
import { parseUuid, type Uuid } from '@permafrost/events';
import { describe, expect, test } from 'vitest';
import { eventId } from '../testing/names.ts';
import { CompletedWorkflows } from './completed-workflows.ts';
import type { CompletedEntry } from './indexed.ts';
import { PackedEntries } from './packed-entries.ts';

/** Few of them, so that the same id comes again. */
const uuid = fc
  .tuple(fc.constantFrom('00', '7f', '80', 'ff'), fc.constantFrom('00', '01', 'fe', 'ff'))
  .map(([first, last]) => parseUuid(`${first}000000-0000-0000-0000-0000000000${last}`));

const ulid = fc.integer({ min: 1, max: 1000 }).map(eventId);

const entry: fc.Arbitrary<CompletedEntry> = fc
  .record({
    direction: fc.constantFrom('freeze', 'unfreeze'),
    workflowId: uuid,
    startedEventId: ulid,
    completedEventId: ulid,
    indexEventId: fc.option(ulid, { nil: undefined }),
    globalPath: fc.string({ unit: 'grapheme' }).map((name) => `/example/${name}`),
  })
  .map(({ indexEventId, ...rest }) => ({ ...rest, ...(indexEventId && { indexEventId }) }));

const step = fc.oneof(
  entry.map((value) => ({ do: 'add', value }) as const),
  uuid.map((id) => ({ do: 'delete', id }) as const),
  fc.constant({ do: 'pack' } as const),
  fc.constant({ do: 'save and load' } as const),
);

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function taken(workflows: CompletedWorkflows, each: Step): CompletedWorkflows {
  switch (each.do) {
    case 'add':
      return workflows.add(each.value);
    case 'delete':
      return workflows.delete(each.id);
    case 'pack':
      return CompletedWorkflows.of(workflows.pack());
    case 'save and load':
      return CompletedWorkflows.of(new PackedEntries(Uint8Array.from(workflows.pack().bytes)));
  }
}

const byId = (entries: Iterable<CompletedEntry>): CompletedEntry[] =>
  [...entries].sort((a, b) => (a.workflowId < b.workflowId ? -1 : 1));

test('behaves like a plain map, whenever it is packed or saved', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), uuid, (steps, asked) => {
      const model = new Map<Uuid, CompletedEntry>();
      let workflows = CompletedWorkflows.none;
      for (const each of steps) {
        const before = { workflows, values: byId(workflows.values()) };
        workflows = taken(workflows, each);
        if (each.do === 'add') model.set(each.value.workflowId, each.value);
        if (each.do === 'delete') model.delete(each.id);
        // What was handed out before stays as it was.
        expect(byId(before.workflows.values())).toEqual(before.values);
      }
      expect(byId(workflows.values())).toEqual(byId(model.values()));
      expect([...workflows.keys()].sort()).toEqual([...model.keys()].sort());
      expect(workflows.size).toBe(model.size);
      expect(workflows.get(asked)).toEqual(model.get(asked));
      expect(workflows.has(asked)).toBe(model.has(asked));
    }),
  );
});

test('are listed as a sorted list would be, whenever they were packed', () => {
  const startsDiffer = fc.uniqueArray(entry, { selector: ({ startedEventId }) => startedEventId });
  const listing = fc.record(
    {
      after: ulid,
      newestFirst: fc.boolean(),
      globalPath: fc.constantFrom('/example/a', '/example/b'),
    },
    { requiredKeys: [] },
  );
  const paths = ['/example/a', '/example/b'] as const;
  fc.assert(
    fc.property(startsDiffer, fc.nat(60), listing, (entries, packAfter, wanted) => {
      const byWorkflow = new Map<Uuid, CompletedEntry>();
      let workflows = CompletedWorkflows.none;
      entries.forEach((each, i) => {
        const value = { ...each, globalPath: paths[i % 2 === 0 ? 0 : 1] };
        byWorkflow.set(value.workflowId, value);
        workflows = workflows.add(value);
        if (i === packAfter) workflows = CompletedWorkflows.of(workflows.pack());
        if (i % 5 !== 4) return;
        byWorkflow.delete(value.workflowId);
        workflows = workflows.delete(value.workflowId);
      });
      const { after, globalPath, newestFirst = false } = wanted;
      const sorted = [...byWorkflow.values()].sort((a, b) =>
        a.startedEventId < b.startedEventId ? -1 : 1,
      );
      const inOrder = newestFirst ? sorted.reverse() : sorted;
      const expected = inOrder
        .filter(({ globalPath: path }) => globalPath === undefined || path === globalPath)
        .filter(({ startedEventId: start }) => {
          return after === undefined || (newestFirst ? start < after : start > after);
        });
      expect([...workflows.listed(wanted)]).toEqual(expected);
    }),
  );
});

describe('many of them', () => {
  const idOf = (i: number): Uuid =>
    parseUuid(`${(i * 7919).toString(16).padStart(8, '0')}-0000-4000-8000-000000000000`);
  const entryOf = (i: number): CompletedEntry => ({
    direction: 'freeze',
    workflowId: idOf(i),
    startedEventId: eventId(1),
    completedEventId: eventId(2),
    globalPath: `/example/${i}`,
  });
  const count = 5000;
  let workflows = CompletedWorkflows.none;
  for (let i = 0; i < count; i++) workflows = workflows.add(entryOf(i));

  test('are packed by themselves, and take little memory', () => {
    expect(workflows.bytes).toBeLessThan(count * 250);
    expect(workflows.size).toBe(count);
    expect(workflows.get(idOf(17))).toEqual(entryOf(17));
    expect(workflows.get(idOf(4999))).toEqual(entryOf(4999));
  });

  test('can all be removed again', () => {
    for (let i = 0; i < count; i++) workflows = workflows.delete(idOf(i));
    expect([...workflows.values()]).toEqual([]);
    expect(workflows.pack().size).toBe(0);
  });
});

test('packed entries that were cut short are refused', () => {
  const packed = CompletedWorkflows.none
    .add({
      direction: 'freeze',
      workflowId: parseUuid('00000000-0000-0000-0000-000000000001'),
      startedEventId: eventId(1),
      completedEventId: eventId(2),
      globalPath: '/example',
    })
    .pack();
  expect(() => new PackedEntries(packed.bytes.subarray(0, 40))).toThrow(RangeError);
  expect(() => new PackedEntries(new Uint8Array(2))).toThrow(RangeError);
});
