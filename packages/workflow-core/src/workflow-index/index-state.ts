// What an index knows, and what can be asked of it.
import type { Uuid } from '@permafrost/events';
import { Map as PersistentMap } from 'immutable';
import { CompletedWorkflows } from './completed-workflows.ts';
import type { Indexed } from './indexed.ts';
import { listed, merged, type Listing } from './listing.ts';
import type { IndexedPings } from './pings.ts';

export type WorkflowIndex = Readonly<{
  active: PersistentMap<Uuid, Indexed>;
  completed: CompletedWorkflows;
  /** Active and completed. */
  pings: IndexedPings;
  /** How many events came after the last snapshot. */
  eventsSinceSnapshot: number;
}>;

export const initialIndex: WorkflowIndex = {
  active: PersistentMap(),
  completed: CompletedWorkflows.none,
  pings: PersistentMap(),
  eventsSinceSnapshot: 0,
};

export function entryOf(index: WorkflowIndex, workflowId: Uuid): Indexed | undefined {
  return index.active.get(workflowId) ?? index.completed.get(workflowId);
}

/** The active workflows that a listing wants, in its order; the completed ones, too, if wished. */
export function workflowsListed(
  { active, completed }: WorkflowIndex,
  { includeFinished, ...listing }: Listing & Readonly<{ includeFinished: boolean }>,
): Iterable<Indexed> {
  const underWay = listed(active.values(), listing);
  return includeFinished ? merged(underWay, completed.listed(listing), listing) : underWay;
}
