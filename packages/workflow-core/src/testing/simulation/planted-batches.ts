// The planted defects that concern what is written to the journal.
import type { Change, Ulid, Uuid } from '@permafrost/events';
import { nilUlid } from '@permafrost/events';
import { readEvent } from './describe-batch.ts';
import type { World } from './world.ts';

const NOT_DURABLE_CHANCE = 0.05;

/** The batch as the planted defect lets it through; without one, the batch itself. */
export async function withDefect(
  world: World,
  batch: readonly Change[],
): Promise<readonly Change[]> {
  switch (world.defect) {
    case 'commit-unchecked':
      return unchecked(world, batch);
    case 'commit-not-durable':
      return world.random.chance(NOT_DURABLE_CHANCE) ? [] : batch;
    case 'index-forgotten':
      return batch.filter((change) => !completesInIndex(change));
    default:
      return batch;
  }
}

function completesInIndex(change: Change): boolean {
  if (change.do !== 'append' || change.kind !== 'index') return false;
  return readEvent('index', change.body).event.type === 'IndexedWorkflowCompleted';
}

async function unchecked(world: World, batch: readonly Change[]): Promise<readonly Change[]> {
  const heads = new Map<Uuid, Ulid>();
  const changes: Change[] = [];
  for (const change of batch) {
    if (change.do === 'expect') continue;
    const stored = await world.journal.head(change.history);
    const head = heads.get(change.history) ?? stored?.vid ?? nilUlid;
    if (change.do === 'append') heads.set(change.history, change.id);
    changes.push(change.do === 'append' ? { ...change, parent: head } : { ...change, head });
  }
  return changes;
}
