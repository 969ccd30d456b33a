// The calls about one freeze or thaw: written once, for both directions (spec/behaviour.md 10). The
// messages of the two services have the same fields; those of freeze stand for both.
import {
  ulidToBytes,
  uuidToBytes,
  workflowIndexId,
  type Direction,
  type Transaction,
  type Uuid,
  type Vid,
} from '@permafrost/events';
import {
  JobControl,
  type AbortFreezeRepoFilesI as AbortFilesI,
  type AbortFreezeRepoI as AbortI,
  type BeginFreezeRepoI as BeginI,
  type BeginFreezeRepoO as BeginO,
  type CommitFreezeRepoI as CommitI,
  type CommitFreezeRepoO as CommitO,
  type GetFreezeRepoI as GetI,
  type GetFreezeRepoO as GetO,
} from '@permafrost/proto';
import {
  askToAbort,
  askToBeginFiles,
  askToCommit,
  beginWorkflow,
  hasEnded,
  SC_FAILED,
  SC_RUNNING,
  storageWorkflow,
  workflowIndex,
  type BegunWorkflow,
  type WorkflowCommand,
} from '@permafrost/workflow-core';
import { nameHolder } from '../holder.ts';
import { refusalError } from '../grpc/rpc-error.ts';
import type { Wording } from '../grpc/answer.ts';
import type { Call } from '../grpc/service.ts';
import { lookOnNews } from '../news.ts';
import {
  batchVidOf,
  policyOf,
  ownWorkflowIdOf,
  registryNameOf,
  repoIdOf,
  startVidOf,
  vidOf,
} from '../wire/arguments.ts';
import type { Context } from './context.ts';
import { findWorkflow, OTHER_KIND, uninitialized, type FoundWorkflow } from './find-workflow.ts';
import { versionConflict } from './version-conflict.ts';

type WorkflowVid = { workflowVid: Uint8Array };

export class StorageWorkflowRpcs {
  readonly #direction: Direction;
  readonly #context: Context;

  constructor(direction: Direction, context: Context) {
    this.#direction = direction;
    this.#context = context;
  }

  get wording(): Wording {
    return {
      subject: this.#subject,
      otherKind: OTHER_KIND,
      refusals: {
        REPO_UNKNOWN: 'unknown repo',
        REPO_HAS_STORED_ERROR: 'repo has stored error',
        REPO_IN_OTHER_TIER: 'registry: conflicting repo storage state',
        REPO_HAS_CHILD_REPOS: 'registry: not a leaf repo',
        REPO_HELD_BY_OTHER_WORKFLOW: 'registry: workflow conflict',
        EPHEMERAL_WORKFLOWS_NOT_ENABLED: 'registry: ephemeral workflows not enabled',
        WORKFLOW_ID_IN_USE: 'rejected workflow ID: ID has been used before',
        WORKFLOW_ID_MALFORMED: 'malformed workflow ID',
        AUTHOR_MISSING: 'missing author name or email',
      },
    };
  }

  async begin(request: BeginI, { origin }: Call): Promise<BeginO> {
    const repoId = repoIdOf(request.repo);
    const registry = registryNameOf(request.registry);
    const registryVid = startVidOf(request.registryVid);
    const repoVid = startVidOf(request.repoVid);
    const policy = policyOf(request);
    const engine = this.#context.engine.onBehalfOf(origin);
    try {
      const begun = await versionConflict(() =>
        beginWorkflow(engine, {
          direction: this.#direction,
          registry,
          ...(registryVid && { registryVid }),
          repoId,
          ...(repoVid && { repoVid }),
          workflowId: ownWorkflowIdOf(request.workflow),
          author: { name: request.authorName, email: request.authorEmail },
          ...(policy && { policy }),
          ...(request.repair && { repair: true }),
        }),
      );
      return {
        registryVid: ulidToBytes(begun.registryVid),
        repoVid: ulidToBytes(begun.repoVid),
        workflowIndexVid: ulidToBytes(begun.indexVid),
        workflowVid: ulidToBytes(begun.workflowVid),
      };
    } catch (error) {
      throw await nameHolder(error, this.#waiting, { registry, repoId });
    }
  }

  /** With `JC_WAIT`, answers when the workflow has ended. */
  async get({ workflow, jobControl }: GetI, { signal }: Call): Promise<GetO> {
    const id = ownWorkflowIdOf(workflow);
    const looks = lookOnNews(this.#context.journal, signal, () => this.#find(id));
    for await (const { vid, state } of looks) {
      if (jobControl !== JobControl.JC_WAIT || hasEnded(state)) return this.#got(vid, state);
    }
    throw signal.reason;
  }

  async beginFiles({ workflow, workflowVid }: CommitI, call: Call): Promise<WorkflowVid> {
    const id = ownWorkflowIdOf(workflow);
    const vid = batchVidOf(workflowVid);
    await this.#find(id);
    const after = await this.#transact(id, call, (tx) => askToBeginFiles(tx, id, vid));
    if (after.status === 'files') return { workflowVid: after.workflowVid };
    // It was taken up, but the registry or the repo would not have it, and so it has failed.
    throw refusalError('WORKFLOW_IN_OTHER_STATE', `${this.#subject}: ${after.message}`);
  }

  commitFiles({ workflow, workflowVid }: CommitI, call: Call): Promise<WorkflowVid> {
    return this.#tell(workflow, workflowVid, { type: 'CommitFiles' }, call);
  }

  abortFiles({ workflow, workflowVid, ...status }: AbortFilesI, call: Call): Promise<WorkflowVid> {
    const command = { type: 'AbortFiles', status: statusOf(status) } as const;
    return this.#tell(workflow, workflowVid, command, call);
  }

  async commit({ workflow, workflowVid }: CommitI, call: Call): Promise<CommitO> {
    const id = ownWorkflowIdOf(workflow);
    const vid = batchVidOf(workflowVid);
    await this.#find(id);
    return this.#transact(id, call, (tx) => askToCommit(tx, id, vid));
  }

  async abort({ workflow, workflowVid, ...rest }: AbortI, call: Call): Promise<CommitO> {
    const id = ownWorkflowIdOf(workflow);
    const vid = batchVidOf(workflowVid);
    await this.#find(id);
    return this.#transact(id, call, (tx) => askToAbort(tx, id, { status: statusOf(rest), vid }));
  }

  get #subject(): string {
    return `${this.#direction}-repo workflow`;
  }

  get #waiting(): Parameters<typeof nameHolder>[1] {
    const { engine, journal: board, clock } = this.#context;
    return { engine, board, clock };
  }

  #find(id: Uuid): Promise<FoundWorkflow> {
    return findWorkflow(this.#context.engine, id, this.#direction);
  }

  #got(vid: Vid, state: BegunWorkflow): GetO {
    const { code, message } = progressOf(state);
    return {
      workflowVid: ulidToBytes(vid),
      registry: state.start.registryName,
      repoId: uuidToBytes(state.start.repoId),
      statusCode: code,
      statusMessage: message,
    };
  }

  async #tell(
    workflow: Uint8Array,
    workflowVid: Uint8Array | undefined,
    command: WorkflowCommand,
    { origin }: Call,
  ): Promise<WorkflowVid> {
    const id = ownWorkflowIdOf(workflow);
    const vid = vidOf(workflowVid);
    await this.#find(id);
    const engine = this.#context.engine.onBehalfOf(origin);
    return { workflowVid: ulidToBytes(await engine.tell(storageWorkflow, id, vid, command)) };
  }

  /** Carries a batch out; resolves to how things are after it. */
  #transact(
    id: Uuid,
    { origin }: Call,
    work: (tx: Transaction) => Promise<void>,
  ): Promise<CommitO & { status: string; message: string }> {
    return this.#context.engine.onBehalfOf(origin).transact(async (tx) => {
      await work(tx);
      const { vid, state } = await tx.find(storageWorkflow, id);
      if (state.status === 'uninitialized') throw uninitialized(this.#direction);
      const index = await tx.find(workflowIndex, workflowIndexId(state.start.registryName));
      return {
        workflowVid: ulidToBytes(vid),
        workflowIndexVid: ulidToBytes(index.vid),
        status: state.status,
        message: state.outcome.message,
      };
    });
  }
}

function statusOf(from: { statusCode: number; statusMessage: string }): {
  code: number;
  message: string;
} {
  return { code: from.statusCode, message: from.statusMessage };
}

/** Where a workflow stands, as the old clients know it (spec/behaviour.md 10.4). */
function progressOf({ status: state, direction, outcome }: BegunWorkflow): {
  code: number;
  message: string;
} {
  const files = direction === 'freeze' ? 'freezing files' : 'unfreezing files';
  switch (state) {
    case 'initialized':
      return { code: SC_RUNNING, message: 'initializing' };
    case 'files':
      return { code: SC_RUNNING, message: files };
    case 'files-completed':
      return { code: SC_RUNNING, message: `${files} completed` };
    case 'files-failed':
      return { code: SC_FAILED, message: `${files} failed` };
    case 'completed':
    case 'failed':
    case 'terminated':
      return outcome;
  }
}
