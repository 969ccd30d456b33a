// regd's part: sets up registries and repos, and moves workflows, except while their files are
// stad's.
import {
  mainCodec,
  mainId,
  registryCodec,
  registryId,
  repoCodec,
  workflowIndexId,
  type Engine,
  type StoredEvent,
  type Uuid,
} from '@permafrost/events';
import { main } from '../main/main.ts';
import type { Log } from '../ports/log.ts';
import { registry } from '../registry/aggregate.ts';
import { findStorageWorkflow } from '../storage-workflow/find.ts';
import { beginFiles, settle } from '../use-cases/advance-workflow.ts';
import { confirmRegistry, setUpRepo } from '../use-cases/set-up.ts';
import {
  entryOf,
  workflowIndex,
  type Indexed,
  type WorkflowIndex,
} from '../workflow-index/workflow-index.ts';
import { regdAction } from './next-action.ts';
import type { Loop } from './runner.ts';

export type RegdTask = Readonly<
  | { kind: 'registry'; name: string }
  | { kind: 'repo'; repoId: Uuid; registryId?: Uuid }
  | { kind: 'workflow'; workflowId: Uuid }
>;

export class RegdLoop implements Loop<RegdTask> {
  readonly #engine: Engine;
  readonly #log: Log;

  constructor({ engine, log }: { engine: Engine; log: Log }) {
    this.#engine = engine;
    this.#log = log;
  }

  keyOf(task: RegdTask): string {
    switch (task.kind) {
      case 'registry':
        return `registry ${task.name}`;
      case 'repo':
        return `repo ${task.repoId}`;
      case 'workflow':
        return `workflow ${task.workflowId}`;
    }
  }

  async *open(signal: AbortSignal): AsyncGenerator<RegdTask> {
    const indexes: WorkflowIndex[] = [];
    const { state } = await this.#engine.find(main, mainId);
    for (const { name, confirmed } of state.registries) {
      if (!confirmed) yield { kind: 'registry', name };
      const { state: found } = await this.#engine.find(registry, registryId(name));
      for (const repo of found.repos.values()) {
        if (!repo.confirmed) yield { kind: 'repo', registryId: registryId(name), repoId: repo.id };
      }
      const { state: index } = await this.#engine.find(workflowIndex, workflowIndexId(name));
      for (const workflowId of index.active.keys()) yield { kind: 'workflow', workflowId };
      indexes.push(index);
    }
    yield* this.#leftBehind(indexes, signal);
  }

  /**
   * What a single-step writer left behind by dying between two steps: workflows that never reached an
   * index, and such as left it, but still end with their completed event. Heads tell both, so that no
   * old history is read. They are many, and come last: all other work has been named by then.
   */
  async *#leftBehind(
    indexes: readonly WorkflowIndex[],
    signal: AbortSignal,
  ): AsyncGenerator<RegdTask> {
    for await (const { history, kind, vid, deleted } of this.#engine.journal.heads()) {
      if (signal.aborted) return;
      if (kind !== 'workflow' || deleted) continue;
      const entry = entryOfAny(indexes, history);
      if (!entry || entry.completedEventId === vid) yield { kind: 'workflow', workflowId: history };
    }
  }

  concerns({ kind, history, body }: StoredEvent): readonly RegdTask[] {
    switch (kind) {
      case 'main': {
        const { event } = mainCodec.decode(body);
        return event.type === 'RegistryAccepted' ? [{ kind: 'registry', name: event.name }] : [];
      }
      case 'registry': {
        const { event } = registryCodec.decode(body);
        if (event.type !== 'RepoAccepted') return [];
        return [{ kind: 'repo', registryId: history, repoId: event.repoId }];
      }
      case 'repo': {
        const { event } = repoCodec.decode(body);
        return event.type === 'ShadowRepoCreated' ? [{ kind: 'repo', repoId: history }] : [];
      }
      case 'workflow':
        return [{ kind: 'workflow', workflowId: history }];
      case 'index':
        return [];
    }
  }

  async run(task: RegdTask): Promise<void> {
    switch (task.kind) {
      case 'registry':
        return confirmRegistry(this.#engine, task.name);
      case 'repo':
        return setUpRepo(this.#engine, task);
      case 'workflow':
        return this.#advance(task.workflowId);
    }
  }

  async #advance(workflowId: Uuid): Promise<void> {
    const workflow = await findStorageWorkflow(this.#engine, workflowId);
    if (!workflow) return;
    const { registryName } = workflow.start;
    const { state: index } = await this.#engine.find(workflowIndex, workflowIndexId(registryName));
    const isIndexed = index.active.has(workflowId) || !entryOf(index, workflowId);
    const action = regdAction(workflow, isIndexed);
    switch (action) {
      case 'begin-files':
        await this.#engine.transact((tx) => beginFiles(tx, workflowId));
        break;
      case 'settle':
        await this.#engine.transact((tx) => settle(tx, workflowId));
        break;
      case 'wait-for-stad':
      case 'rest':
        return;
    }
    this.#log.info({ workflow: workflowId, step: `regd:${action}` }, 'workflow advanced');
  }
}

function entryOfAny(indexes: readonly WorkflowIndex[], workflowId: Uuid): Indexed | undefined {
  for (const index of indexes) {
    const entry = entryOf(index, workflowId);
    if (entry) return entry;
  }
  return undefined;
}
