// Who stands in the way when a repo is held by a workflow.
import {
  RefusedError,
  registryId,
  ulidTimeMs,
  workflowIndexId,
  type Direction,
  type Engine,
  type Uuid,
} from '@permafrost/events';
import {
  findStorageWorkflow,
  hasEnded,
  registry,
  workflowIndex,
  type Refusal,
} from '@permafrost/workflow-core';
import { describeWaiting, type Waiting } from './waiting.ts';

/** What the trailer `permafrost-holder` tells, as JSON. */
export type Holder = Readonly<{
  workflow: Uuid;
  direction: Direction;
  /** In git's form, `Name <email>`. */
  author: string;
  /** Unix milliseconds. */
  sinceMs: number;
  /** Whom it waits for, in words. */
  waitingFor: string;
}>;

/** A refusal, together with the workflow that is its reason. */
export class RepoHeldError extends Error {
  override readonly cause: RefusedError;
  readonly holder: Holder;

  constructor(cause: RefusedError, holder: Holder) {
    super(cause.message, { cause });
    this.name = 'RepoHeldError';
    this.cause = cause;
    this.holder = holder;
  }
}

/** Tells a refusal, whatever it refuses. */
export function isRefused(error: unknown): error is RefusedError {
  return error instanceof RefusedError;
}

const held: ReadonlySet<string> = new Set<Refusal>([
  'REPO_IN_OTHER_TIER',
  'REPO_HELD_BY_OTHER_WORKFLOW',
]);

/** Adds the holder to a refusal that is about one; all other errors stay what they are. */
export async function nameHolder(
  error: unknown,
  waiting: Waiting,
  repo: { registry: string; repoId: Uuid },
): Promise<unknown> {
  if (!isRefused(error) || !held.has(error.refusal)) return error;
  const holder = await findHolder(waiting, repo);
  return holder ? new RepoHeldError(error, holder) : error;
}

async function findHolder(
  waiting: Waiting,
  repo: { registry: string; repoId: Uuid },
): Promise<Holder | undefined> {
  const { engine } = waiting;
  const id = await activeWorkflowOf(engine, repo);
  const workflow = id && (await findStorageWorkflow(engine, id));
  if (!id || !workflow || hasEnded(workflow)) return undefined;
  const { name, email } = workflow.start.author;
  return {
    workflow: id,
    direction: workflow.direction,
    author: `${name} <${email}>`,
    sinceMs: ulidTimeMs(workflow.startedEventId),
    waitingFor: await describeWaiting(waiting, workflow),
  };
}

/** The workflow that is under way on a repo: indexed, or at least known as the last to move it. */
export async function activeWorkflowOf(
  engine: Engine,
  { registry: name, repoId }: { registry: string; repoId: Uuid },
): Promise<Uuid | undefined> {
  const { state } = await engine.find(registry, registryId(name));
  const repo = state.repos.get(repoId);
  if (!repo) return undefined;
  const { state: index } = await engine.find(workflowIndex, workflowIndexId(name));
  const entry = index.active.find(({ globalPath }) => globalPath === repo.globalPath);
  return entry?.workflowId ?? repo.storage.workflowId;
}
