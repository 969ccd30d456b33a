// A workflow as people see it: joined from its history, the index, the repo and the noticeboard.
import {
  ulidTimeMs,
  wireOrigin,
  workflowIndexId,
  type Presence,
  type Uuid,
} from '@permafrost/events';
import type { operator } from '@permafrost/proto';
import {
  findStorageWorkflow,
  hasEnded,
  isAlive,
  storageWorkflow,
  workflowIndex,
  type BegunWorkflow,
  type Indexed,
} from '@permafrost/workflow-core';
import { notFound, type RpcError } from '../grpc/rpc-error.ts';
import { describeWaiting } from '../waiting.ts';
import type { Context } from '../services/context.ts';

export class WorkflowViews {
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
  }

  /** The workflow with this id; undefined if there is none. */
  async find(id: Uuid): Promise<operator.Workflow | undefined> {
    const workflow = await findStorageWorkflow(this.#context.engine, id);
    return workflow && this.#view(id, workflow);
  }

  /** What the index of a registry lists, oldest first. */
  async list(registry: string, includeFinished: boolean): Promise<operator.Workflow[]> {
    const { engine } = this.#context;
    const { state } = await engine.find(workflowIndex, workflowIndexId(registry));
    const entries = [...state.active.values()];
    if (includeFinished) entries.push(...state.completed.values());
    entries.sort((a, b) => (a.startedEventId < b.startedEventId ? -1 : 1));
    const views: operator.Workflow[] = [];
    for (const entry of entries) {
      views.push((await this.find(entry.workflowId)) ?? withoutHistory(registry, entry));
    }
    return views;
  }

  async #view(id: Uuid, workflow: BegunWorkflow): Promise<operator.Workflow> {
    const { engine, journal, clock } = this.#context;
    const { start, status, outcome, startedEventId, origin } = workflow;
    const { vid } = await engine.find(storageWorkflow, id);
    const progress = hasEnded(workflow) ? undefined : await journal.progress(id);
    const worker = progress && (await this.#worker(progress.instance));
    const board = journal;
    return {
      id,
      kind: workflow.direction,
      registry: start.registryName,
      repoId: start.repoId,
      globalPath: start.repoGlobalPath,
      authorName: start.author.name,
      authorEmail: start.author.email,
      state: status,
      statusCode: outcome.code,
      statusMessage: outcome.message,
      startedMs: ulidTimeMs(startedEventId),
      updatedMs: ulidTimeMs(vid),
      waitingFor: await describeWaiting({ engine, board, clock }, workflow),
      worker,
      progress,
      origin: origin && wireOrigin(origin),
      cancelRequest: hasEnded(workflow) ? undefined : await journal.cancelRequest(id),
    };
  }

  async #worker(instance: Uuid): Promise<operator.Presence | undefined> {
    const { journal, clock } = this.#context;
    const found = (await journal.present()).find((who) => who.instance === instance);
    return found && presenceView(found, clock.nowMs());
  }
}

export function workflowNotFound(id: Uuid): RpcError {
  const remedy = 'List the workflows with `permafrost workflows REGISTRY --all`.';
  return notFound('WORKFLOW_UNKNOWN', `no workflow has the id ${id}`, remedy);
}

export function presenceView(presence: Presence, nowMs: number): operator.Presence {
  const { daemon, host, pid, version, sinceMs, heartbeatMs } = presence;
  return { daemon, host, pid, version, sinceMs, heartbeatMs, alive: isAlive(presence, nowMs) };
}

/** The index knows a workflow whose history is gone: what the index tells is all that there is. */
function withoutHistory(registry: string, entry: Indexed): operator.Workflow {
  return {
    id: entry.workflowId,
    kind: entry.direction,
    registry,
    repoId: '',
    globalPath: entry.globalPath,
    authorName: '',
    authorEmail: '',
    state: '',
    statusCode: 0,
    statusMessage: 'its history is gone',
    startedMs: ulidTimeMs(entry.startedEventId),
    updatedMs: ulidTimeMs(entry.completedEventId ?? entry.startedEventId),
    waitingFor: '',
  };
}
