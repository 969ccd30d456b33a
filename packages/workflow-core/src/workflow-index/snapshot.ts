// An index says in a snapshot what it knows, so that a reader needs nothing of what came before.
import type { IndexEvent } from '@permafrost/events';
import type { Indexed } from './indexed.ts';
import type { IndexedPing } from './pings.ts';

/** Below this a history is short anyway (spec/behaviour.md 9). */
const EVENTS_MIN = 1000;

/** spec/behaviour.md 9: no larger than this, header included. */
const EVENT_BYTES_MAX = 100 * 1024;
const HEADER_BYTES_MAX = 128;
/** Three ids, the marks and lengths of all fields, and those of the entry itself. */
const ENTRY_BYTES_WITHOUT_PATH = 72;

const utf8 = new TextEncoder();

/**
 * Whether a snapshot makes reading much shorter. It takes about as much as an event for each
 * workflow. The old system took 300, and never wrote one for more than 200 workflows, so that large
 * indexes were never cut short (spec/gaps.md 35).
 */
export function isWorthwhile(counts: { eventsSinceSnapshot: number; workflows: number }): boolean {
  return counts.eventsSinceSnapshot >= Math.max(EVENTS_MIN, 2 * counts.workflows);
}

/** Each event between begin and end holds entries of one kind, in the order of their starts. */
export function snapshotOf(
  entries: readonly Indexed[],
  pings: readonly IndexedPing[] = [],
): readonly IndexEvent[] {
  const sorted = entries.toSorted(byStart);
  const parts = (['freeze', 'unfreeze'] as const).flatMap((direction) =>
    chunksOf(sorted.filter((entry) => entry.direction === direction)),
  );
  return [
    { type: 'SnapshotBegun' },
    ...chunksOf(pings.toSorted(byStart)).map((part): IndexEvent => ({
      type: 'SnapshotRecorded',
      entries: [],
      pings: part,
    })),
    ...parts.map((part): IndexEvent => ({ type: 'SnapshotRecorded', entries: part })),
    { type: 'SnapshotEnded' },
  ];
}

function byStart(a: IndexedPing, b: IndexedPing): number {
  return a.startedEventId < b.startedEventId ? -1 : 1;
}

function chunksOf<T extends IndexedPing & { globalPath?: string }>(
  entries: readonly T[],
): readonly (readonly T[])[] {
  const chunks: T[][] = [];
  let bytesLeft = 0;
  for (const entry of entries) {
    const bytes = ENTRY_BYTES_WITHOUT_PATH + utf8.encode(entry.globalPath ?? '').length;
    const last = chunks.at(-1);
    if (last && bytes <= bytesLeft) {
      last.push(entry);
      bytesLeft -= bytes;
    } else {
      chunks.push([entry]);
      bytesLeft = EVENT_BYTES_MAX - HEADER_BYTES_MAX - bytes;
    }
  }
  return chunks;
}
