// Deletes old workflows: out of the index and with their histories, some at a time in one batch
// (spec/gaps.md 34, 35).
import {
  mainId,
  ulidTimeMs,
  workflowIndexId,
  type Engine,
  type Transaction,
  type Ulid,
  type Uuid,
} from '@permafrost/events';
import { main } from '../main/main.ts';
import { pingRegistry } from '../ping-registry/ping-registry.ts';
import { storageWorkflow } from '../storage-workflow/storage-workflow.ts';
import { workflowIndex } from '../workflow-index/workflow-index.ts';
import { expirePing } from './ping-registry.ts';

const DAY_MS = 86_400_000;
/** Whoever pinged the servers has come for the answers by then (spec/behaviour.md 3.3). */
const PING_ACTIVE_MS_MAX = DAY_MS;
const PING_KEPT_MS_MAX = 5 * DAY_MS;
/** A sync to disk for each would take hours after some years; one for all would keep all others waiting. */
const TOGETHER_MAX = 50;

export type GarbageLimits = Readonly<{ olderThanMs: number; nowMs: number; signal?: AbortSignal }>;

/**
 * Deletes workflows that completed more than `olderThanMs` before `nowMs`, and pings of the servers
 * after 5 days at the latest; resolves to their ids. Ends pings that nobody has ended within a day.
 */
export async function collectGarbage(
  engine: Engine,
  limits: GarbageLimits,
): Promise<readonly Uuid[]> {
  const { olderThanMs, nowMs, signal } = limits;
  const isOld = (end: Ulid, ageMs = olderThanMs): boolean => ulidTimeMs(end) + ageMs <= nowMs;
  const deleted: Uuid[] = [];
  const { state } = await engine.find(main, mainId);
  for (const { name } of state.registries) {
    const { state: index } = await engine.find(workflowIndex, workflowIndexId(name));
    const due = [...index.completed.values()].filter((entry) => isOld(entry.completedEventId));
    for (let start = 0; start < due.length && !signal?.aborted; start += TOGETHER_MAX) {
      const ids = due.slice(start, start + TOGETHER_MAX).map(({ workflowId }) => workflowId);
      deleted.push(...(await deleteWorkflows(engine, name, ids)));
    }
    for (const { workflowId, startedEventId, completedEventId } of index.pings.values()) {
      if (signal?.aborted) return deleted;
      if (completedEventId === undefined) {
        if (!isOld(startedEventId, PING_ACTIVE_MS_MAX)) continue;
        await engine.transact((tx) => expirePing(tx, workflowId, name));
      } else if (isOld(completedEventId, Math.min(olderThanMs, PING_KEPT_MS_MAX))) {
        await deletePing(engine, name, workflowId);
        deleted.push(workflowId);
      }
    }
  }
  return deleted;
}

/** Resolves to those that it has deleted. */
function deleteWorkflows(
  engine: Engine,
  name: string,
  ids: readonly Uuid[],
): Promise<readonly Uuid[]> {
  return engine.transact(async (tx) => {
    const deleted: Uuid[] = [];
    for (const id of ids) if (await deleteWorkflow(tx, name, id)) deleted.push(id);
    return deleted;
  });
}

async function deleteWorkflow(tx: Transaction, name: string, workflowId: Uuid): Promise<boolean> {
  const { state: workflow } = await tx.find(storageWorkflow, workflowId);
  // Completed but not ended is regd's to finish first.
  if (workflow.status !== 'terminated' && workflow.status !== 'uninitialized') return false;
  const refusal = await tx.attempt(workflowIndex, workflowIndexId(name), {
    type: 'DeleteWorkflow',
    workflowId,
  });
  if (refusal) return false;
  await tx.delete(storageWorkflow, workflowId);
  return true;
}

async function deletePing(engine: Engine, name: string, workflowId: Uuid): Promise<void> {
  await engine.transact(async (tx) => {
    await tx.attempt(workflowIndex, workflowIndexId(name), { type: 'DeletePing', workflowId });
    await tx.delete(pingRegistry, workflowId);
  });
}
