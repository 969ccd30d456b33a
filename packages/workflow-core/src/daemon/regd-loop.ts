// regd's part: sets up registries and repos, and moves workflows, except while their files are
// stad's.
import {
  mainCodec,
  registryCodec,
  registryId,
  repoCodec,
  workflowIndexId,
  type Engine,
  type StoredEvent,
  type Uuid,
} from '@permafrost/events';
import { ofEachRegistry } from './each-registry.ts';
import { registry } from '../registry/aggregate.ts';
import { repo } from '../repo/repo.ts';
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
import { aboutWorkflow, type TaskLog } from './task-log.ts';

export type RegdTask = Readonly<
  | { kind: 'registry'; name: string }
  | { kind: 'repo'; repoId: Uuid; registryId?: Uuid }
  | { kind: 'workflow'; workflowId: Uuid }
>;

export class RegdLoop implements Loop<RegdTask> {
  readonly #engine: Engine;

  constructor({ engine }: { engine: Engine }) {
    this.#engine = engine;
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
    const engine = this.#engine;
    yield* ofEachRegistry(engine, async function* ({ name, confirmed }): AsyncGenerator<RegdTask> {
      if (!confirmed) yield { kind: 'registry', name };
      const { state: found } = await engine.find(registry, registryId(name));
      for (const { id, confirmed } of found.repos.values()) {
        if (!confirmed) yield { kind: 'repo', registryId: registryId(name), repoId: id };
      }
      const { state: index } = await engine.find(workflowIndex, workflowIndexId(name));
      for (const workflowId of index.active.keys()) yield { kind: 'workflow', workflowId };
      indexes.push(index);
    });
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

  async run(task: RegdTask, _signal: AbortSignal, log: TaskLog): Promise<void> {
    switch (task.kind) {
      case 'registry':
        log.about({ registry: task.name });
        log.enter('regd:confirm-registry');
        return confirmRegistry(this.#engine, task.name);
      case 'repo':
        log.about({ repo: task.repoId });
        log.enter('regd:set-up-repo');
        return setUpRepo(this.#engine, task);
      case 'workflow':
        log.about({ workflow: task.workflowId });
        return this.#advance(task.workflowId, log);
    }
  }

  async #advance(workflowId: Uuid, log: TaskLog): Promise<void> {
    const workflow = await findStorageWorkflow(this.#engine, workflowId);
    if (!workflow) return;
    log.about(aboutWorkflow(workflow));
    const { registryName, repoId } = workflow.start;
    // While it goes on, the index has nothing to say.
    const isIndexed =
      workflow.status === 'terminated' && (await this.#isIndexed(registryName, workflowId));
    const action = regdAction(workflow, isIndexed);
    if (action === 'wait-for-stad' || action === 'rest') return;
    const move = action === 'settle' ? settle : beginFiles;
    await this.#engine.transact(async (tx) => {
      const { init } = (await tx.find(repo, repoId)).state;
      log.about({ host: init?.fileHost });
      log.enter(`regd:${action}`);
      await move(tx, workflowId);
    });
    log.info({}, 'workflow advanced');
  }

  /** Whether the index has still to be told of its end. */
  async #isIndexed(registryName: string, workflowId: Uuid): Promise<boolean> {
    const { state: index } = await this.#engine.find(workflowIndex, workflowIndexId(registryName));
    return index.active.has(workflowId) || !entryOf(index, workflowId);
  }
}

function entryOfAny(indexes: readonly WorkflowIndex[], workflowId: Uuid): Indexed | undefined {
  for (const index of indexes) {
    const entry = entryOf(index, workflowId);
    if (entry) return entry;
  }
  return undefined;
}
