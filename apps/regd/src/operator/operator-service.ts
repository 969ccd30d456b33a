// What people and their tools ask beyond the API of the old system.
import { RetryNoVC } from '@permafrost/events';
import { operator } from '@permafrost/proto';
import { aboutWorkflowWithId, cancelWorkflow, repo } from '@permafrost/workflow-core';
import type { Caller } from '../access/caller.ts';
import { tidyJournal } from '../garbage.ts';
import { badArgument, notFound } from '../grpc/rpc-error.ts';
import { serviceOf, type Call, type MakeService } from '../grpc/service.ts';
import type { Context } from '../services/context.ts';
import { findRegistry } from '../services/find-registry.ts';
import { verifyJournal } from '../verify/verify-journal.ts';
import { changes } from './changes.ts';
import { checkRepo } from './check-repo.ts';
import { examineHosts } from './examine-hosts.ts';
import { uuidArgument } from './ids.ts';
import { journalEvents } from './journal-events.ts';
import { planStorage } from './plan-storage.ts';
import { registriesOf, RepoViews } from './repo-view.ts';
import { presenceView, workflowNotFound, WorkflowViews } from './workflow-view.ts';

/** A message takes 4 MiB by default; whoever deletes more wants to know how many. */
const IDS_ANSWERED_MAX = 1000;

export function operatorService(context: Context): MakeService {
  const rpcs = new OperatorRpcs(context);
  return serviceOf(
    operator.OperatorService,
    {
      findRepo: async ({ target }) => ({ repo: await rpcs.repos.find(target) }),
      watchRepo: (request, call) => rpcs.watchRepo(request, call),
      getStatus: (_, { caller }) => rpcs.getStatus(caller),
      examineHosts: (_, { signal }) => examineHosts(context, signal),
      listWorkflows: async (request) => {
        const { state } = await findRegistry(context.engine, request.registry);
        return rpcs.workflows.page(state.name, request);
      },
      watchWorkflow: (request, call) => rpcs.watchWorkflow(request, call),
      cancelWorkflow: (request, call) => rpcs.cancelWorkflow(request, call),
      checkRepo: (request, call) => checkRepo(context, request, call),
      planStorage: (request, call) => planStorage(context, request, call),
      clearError: (request, call) => rpcs.clearError(request, call),
      verify: (_, { signal }) => verifyJournal(context, signal),
      collectGarbage: (request, call) => rpcs.collectGarbage(request, call),
      watchEvents: (request, call) => journalEvents(context, request, call),
    },
    { subject: 'workflow' },
  );
}

class OperatorRpcs {
  readonly repos: RepoViews;
  readonly workflows: WorkflowViews;
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
    this.workflows = new WorkflowViews(context);
    this.repos = new RepoViews(context, this.workflows);
  }

  async *watchRepo(
    request: operator.WatchRepoRequest,
    { signal }: Call,
  ): AsyncGenerator<operator.WatchRepoResponse> {
    const id = uuidArgument(request.repoId, 'repo id');
    yield* changes(this.#context.journal, signal, async () => {
      const found = await this.repos.get(id);
      if (!found) {
        const remedy = 'List the repos with `permafrost repos REGISTRY`.';
        throw notFound('REPO_NOT_FOUND', `no repo has the id ${id}`, remedy);
      }
      return { value: { repo: found }, isBusy: found.workflow !== undefined };
    });
  }

  async *watchWorkflow(
    request: operator.WatchWorkflowRequest,
    { signal }: Call,
  ): AsyncGenerator<operator.WatchWorkflowResponse> {
    const id = uuidArgument(request.workflowId, 'workflow id');
    const views = changes(this.#context.journal, signal, async () => {
      const workflow = await this.workflows.find(id);
      if (!workflow) throw workflowNotFound(id);
      return { value: workflow, isBusy: !hasEnded(workflow) };
    });
    for await (const workflow of views) {
      yield { workflow };
      if (hasEnded(workflow)) return;
    }
  }

  /** Of workflows it tells those whose repo the caller may read. */
  async getStatus(caller: Caller): Promise<operator.GetStatusResponse> {
    const { engine, journal, clock } = this.#context;
    const nowMs = clock.nowMs();
    const daemons = (await journal.present()).map((who) => presenceView(who, nowMs));
    const workflows: operator.Workflow[] = [];
    for await (const { name } of registriesOf(engine)) {
      const active = await this.workflows.underWay(name);
      workflows.push(
        ...active.filter(({ globalPath: path }) => caller.may({ action: 'fso/read-repo', path })),
      );
    }
    const { path, end, databaseBytes, walBytes, schemaVersion } = await journal.diagnostics();
    const bytes = databaseBytes + walBytes;
    return { daemons, workflows, journal: { path, events: end, bytes, schema: schemaVersion } };
  }

  async cancelWorkflow(
    request: operator.CancelWorkflowRequest,
    { origin }: Call,
  ): Promise<operator.CancelWorkflowResponse> {
    const { journal: board, clock, log } = this.#context;
    const { reason, force } = request;
    const engine = this.#context.engine.onBehalfOf({ ...origin, ...(reason !== '' && { reason }) });
    // Whoever shows a token is named by it, too: the name they give is free text.
    const by = origin?.subject === undefined ? request.by : `${request.by} (${origin.subject})`;
    const workflowId = uuidArgument(request.workflowId, 'workflow id');
    const about = await aboutWorkflowWithId(engine, workflowId);
    const reply = await cancelWorkflow({ engine, board, clock }, { ...request, by, workflowId });
    log.info({ ...about, by, reason, force, reply }, 'workflow cancelled');
    return { ended: reply === 'ended' };
  }

  async clearError(
    request: operator.ClearErrorRequest,
    { origin }: Call,
  ): Promise<operator.ClearErrorResponse> {
    const id = uuidArgument(request.repoId, 'repo id');
    const { errorMessage: message } = request;
    const repoVid = await this.#context.engine.onBehalfOf(origin).tell(repo, id, RetryNoVC, {
      type: 'ClearError',
      ...(message !== undefined && { message }),
    });
    return { repoVid };
  }

  async collectGarbage(
    request: operator.CollectGarbageRequest,
    { signal, origin }: Call,
  ): Promise<operator.CollectGarbageResponse> {
    const { olderThanMs = this.#context.gcOlderThanMs } = request;
    if (olderThanMs < 0) throw badArgument('AGE_NEGATIVE', 'an age cannot be negative');
    const engine = this.#context.engine.onBehalfOf(origin);
    const deleted = await tidyJournal({ ...this.#context, engine, olderThanMs }, signal);
    return { deleted: deleted.length, deletedWorkflowIds: deleted.slice(0, IDS_ANSWERED_MAX) };
  }
}

function hasEnded({ waitingFor, state }: operator.Workflow): boolean {
  return waitingFor === '' && state !== '';
}
