// What requests are about, as far as rights depend on it: paths, from the ids that requests carry.
// Each method reads the ids and looks them up as the call itself does, and throws what it throws.
import type { Check } from '@permafrost/access/rights';
import type { Direction } from '@permafrost/events';
import { findPing, findStorageWorkflow, type BegunWorkflow } from '@permafrost/workflow-core';
import { findHistory, labelOf } from '../operator/history.ts';
import { uuidArgument } from '../operator/ids.ts';
import { RepoViews } from '../operator/repo-view.ts';
import { workflowNotFound, WorkflowViews } from '../operator/workflow-view.ts';
import type { Context } from '../services/context.ts';
import { pingWithId } from '../services/find-ping.ts';
import { findRegistry, listedRepo } from '../services/find-registry.ts';
import { findRepo, findRepoOfFiles } from '../services/find-repo.ts';
import { findWorkflow } from '../services/find-workflow.ts';
import { ownWorkflowIdOf, repoIdOf } from '../wire/arguments.ts';

/** All that there is to see. */
export const everything: readonly Check[] = [
  { action: 'fso/read-main', name: 'main' },
  { action: 'fso/read-registry', name: '*' },
  { action: 'fso/read-repo', path: '/*' },
];

export class Objects {
  readonly #context: Context;
  readonly #repos: RepoViews;

  constructor(context: Context) {
    this.#context = context;
    this.#repos = new RepoViews(context, new WorkflowViews(context));
  }

  /** The path of a repo, as its own history tells it. */
  async repoPath(repo: Uint8Array): Promise<string> {
    return (await findRepo(this.#context.engine, repoIdOf(repo))).state.init.globalPath;
  }

  /** The same for a call about its files. */
  async filesPath(repo: Uint8Array): Promise<string> {
    return (await findRepoOfFiles(this.#context.engine, repoIdOf(repo))).state.init.globalPath;
  }

  /** The path of a repo, as its registry tells it. */
  async listedPath(request: { registry: string; repo: Uint8Array }): Promise<string> {
    const id = repoIdOf(request.repo);
    const { state } = await findRegistry(this.#context.engine, request.registry);
    return listedRepo(state, id).globalPath;
  }

  /** The path of the repo that a freeze or thaw is about. */
  async workflowPath(direction: Direction, workflow: Uint8Array): Promise<string> {
    const { engine } = this.#context;
    const { state } = await findWorkflow(engine, ownWorkflowIdOf(workflow), direction);
    return state.start.repoGlobalPath;
  }

  /** The name of the registry that a ping of the servers is about. */
  async pingedRegistry(workflow: Uint8Array): Promise<string> {
    return (await pingWithId(this.#context.engine, ownWorkflowIdOf(workflow))).registry;
  }

  /** The path of the repo that a person means. */
  async pathMeant(target: string): Promise<string> {
    return (await this.#repos.locate(target)).repo.globalPath;
  }

  /** The path of a repo, listed in whatever registry, by the text of its id. */
  async pathOfId(repoId: string): Promise<string> {
    return this.pathMeant(uuidArgument(repoId, 'repo id'));
  }

  /** The path of a repo whose own history has begun, by the text of its id. */
  async repoPathOfId(repoId: string): Promise<string> {
    const { engine } = this.#context;
    return (await findRepo(engine, uuidArgument(repoId, 'repo id'))).state.init.globalPath;
  }

  /** The path of the repo that a freeze or thaw is about, by the text of its id. */
  async workflowPathOfId(workflowId: string): Promise<string> {
    return (await this.#workflowOfId(workflowId)).start.repoGlobalPath;
  }

  /** What one must be allowed to do to cancel a workflow: to begin it, or by force to break the glass. */
  async cancellingOf(request: { workflowId: string; force: boolean }): Promise<readonly Check[]> {
    const { direction, start } = await this.#workflowOfId(request.workflowId);
    const action = request.force ? 'fso/break-glass' : (`fso/${direction}-repo` as const);
    return [{ action, path: start.repoGlobalPath }];
  }

  async #workflowOfId(workflowId: string): Promise<BegunWorkflow> {
    const id = uuidArgument(workflowId, 'workflow id');
    const workflow = await findStorageWorkflow(this.#context.engine, id);
    if (!workflow) throw workflowNotFound(id);
    return workflow;
  }

  /** What one must be allowed to read for the events of a history. */
  async readingOf(historyId: string): Promise<readonly Check[]> {
    const history = await findHistory(this.#context, uuidArgument(historyId, 'history id'));
    const label = await labelOf(this.#context.engine, history);
    // Whoever may read all may also read what nobody can tell the place of.
    if (label === '') return everything;
    switch (history.kind) {
      case 'main':
        return [{ action: 'fso/read-main', name: label }];
      case 'registry':
      case 'index':
        return [{ action: 'fso/read-registry', name: label }];
      case 'workflow': {
        const isPing = await findPing(this.#context.engine, history.history);
        return isPing
          ? [{ action: 'fso/read-registry', name: label }]
          : [{ action: 'fso/read-repo', path: label }];
      }
      case 'repo':
        return [{ action: 'fso/read-repo', path: label }];
    }
  }
}
