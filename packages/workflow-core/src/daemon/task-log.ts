// The log of one task: what is known of the task stands in each of its lines, whoever writes it.
import type { Engine, Uuid } from '@permafrost/events';
import type { Log, LogFields } from '../ports/log.ts';
import { repo } from '../repo/repo.ts';
import { findStorageWorkflow } from '../storage-workflow/find.ts';
import type { BegunWorkflow } from '../storage-workflow/storage-workflow.ts';
import type { RegdStep, StadStep } from './steps.ts';

export class TaskLog implements Log {
  readonly #log: Log;
  #fields: LogFields = {};

  constructor(log: Log) {
    this.#log = log;
  }

  /** More is known of the task: its lines say so from now on. */
  about(fields: LogFields): void {
    this.#fields = { ...this.#fields, ...fields };
  }

  /** The task has come to a step, which its lines name until the next one. */
  enter(step: RegdStep | StadStep): void {
    if (step === this.#fields['step']) return;
    this.about({ step });
    this.debug({}, 'step begins');
  }

  debug(fields: LogFields, message: string): void {
    this.#log.debug({ ...this.#fields, ...fields }, message);
  }

  info(fields: LogFields, message: string): void {
    this.#log.info({ ...this.#fields, ...fields }, message);
  }

  warn(fields: LogFields, message: string): void {
    this.#log.warn({ ...this.#fields, ...fields }, message);
  }

  error(fields: LogFields, message: string): void {
    this.#log.error({ ...this.#fields, ...fields }, message);
  }
}

/** What each line about a freeze or thaw says of it, beside its id. */
export function aboutWorkflow({ direction, start }: BegunWorkflow): LogFields {
  return { kind: direction, repo: start.repoId, path: start.repoGlobalPath };
}

/** All of it, for a line that is no task's. Throws what the engine throws. */
export async function aboutWorkflowWithId(engine: Engine, workflowId: Uuid): Promise<LogFields> {
  const workflow = await findStorageWorkflow(engine, workflowId);
  if (!workflow) return { workflow: workflowId };
  const { init } = (await engine.find(repo, workflow.start.repoId)).state;
  return { workflow: workflowId, ...aboutWorkflow(workflow), host: init?.fileHost };
}
