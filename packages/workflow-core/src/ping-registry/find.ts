import type { Engine, Uuid } from '@permafrost/events';
import { findOfKind } from '../storage-workflow/find.ts';
import { pingRegistry, type BegunPing } from './ping-registry.ts';

/** The ping with this id; undefined if there is none, or it is another kind of workflow. */
export function findPing(engine: Engine, workflowId: Uuid): Promise<BegunPing | undefined> {
  return findOfKind(engine, pingRegistry, workflowId);
}
