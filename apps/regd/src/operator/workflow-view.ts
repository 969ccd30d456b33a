// A workflow as people see it: joined from its history, the index, the repo and the noticeboard.
import { setImmediate as nextTurn } from 'node:timers/promises';
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
  workflowsListed,
  type BegunWorkflow,
  type Indexed,
  type WorkflowIndex,
} from '@permafrost/workflow-core';
import { notFound, type RpcError } from '../grpc/rpc-error.ts';
import { describeWaiting } from '../waiting.ts';
import type { Context } from '../services/context.ts';
import { ulidArgument } from './ids.ts';
import { progressView } from './progress-view.ts';

const PAGE_SIZE = 100;
const PAGE_SIZE_MAX = 1000;

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

  /** Those of a registry that have not ended, oldest first. */
  async underWay(registry: string): Promise<operator.Workflow[]> {
    const index = await this.#index(registry);
    return this.#views(registry, workflowsListed(index, { includeFinished: false }));
  }

  /** One page of what the index of a registry lists. Reads no other histories than those it tells of. */
  async page(
    registry: string,
    {
      includeFinished,
      pageSize,
      pageToken,
      globalPath,
      newestFirst,
    }: operator.ListWorkflowsRequest,
  ): Promise<operator.ListWorkflowsResponse> {
    const entries = workflowsListed(await this.#index(registry), {
      includeFinished,
      newestFirst,
      ...(pageToken !== '' && { after: ulidArgument(pageToken, 'page token') }),
      ...(globalPath !== '' && { globalPath }),
    });
    const size = Math.min(pageSize === 0 ? PAGE_SIZE : pageSize, PAGE_SIZE_MAX);
    // One more, which tells whether another page follows.
    const found: Indexed[] = [];
    for (const entry of entries) if (found.push(entry) > size) break;
    const shown = found.slice(0, size);
    return {
      workflows: await this.#views(registry, shown),
      nextPageToken: found.length > size ? (shown.at(-1)?.startedEventId ?? '') : '',
    };
  }

  async #index(registry: string): Promise<WorkflowIndex> {
    const { engine } = this.#context;
    return (await engine.find(workflowIndex, workflowIndexId(registry))).state;
  }

  async #views(registry: string, entries: Iterable<Indexed>): Promise<operator.Workflow[]> {
    const views: operator.Workflow[] = [];
    for (const entry of entries) {
      views.push((await this.find(entry.workflowId)) ?? withoutHistory(registry, entry));
      // Reading needs no waiting, and there may be many: others shall have their turn in between.
      await nextTurn();
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
      snapshotCommit: workflow.commit ?? '',
      startedMs: ulidTimeMs(startedEventId),
      updatedMs: ulidTimeMs(vid),
      waitingFor: await describeWaiting({ engine, board, clock }, workflow),
      worker,
      progress: progress && progressView(progress, clock.nowMs()),
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
    snapshotCommit: '',
    startedMs: ulidTimeMs(entry.startedEventId),
    updatedMs: ulidTimeMs(entry.completedEventId ?? entry.startedEventId),
    waitingFor: '',
  };
}
