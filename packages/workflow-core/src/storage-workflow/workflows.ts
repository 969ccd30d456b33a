// Each command of a workflow on its own: a version goes in, the new one comes out. The daemons use
// the same `decide` in batches over several histories (use-cases/).
import {
  NoVC,
  type Author,
  type Direction,
  type Engine,
  type Status,
  type Uuid,
  type Vid,
  type WorkflowStart,
} from '@permafrost/events';
import { toWorkflowError, WorkflowError } from './errors.ts';
import {
  stateCode,
  storageWorkflow,
  type BegunWorkflow,
  type WorkflowCommand,
  type WorkflowStatus,
} from './storage-workflow.ts';

/** A workflow as it was when it was found. */
export class WorkflowState {
  readonly id: Uuid;
  readonly vid: Vid;
  readonly #workflow: BegunWorkflow;

  constructor(id: Uuid, vid: Vid, workflow: BegunWorkflow) {
    this.id = id;
    this.vid = vid;
    this.#workflow = workflow;
  }

  get registryId(): Uuid {
    return this.#workflow.start.registryId;
  }
  get registryName(): string {
    return this.#workflow.start.registryName;
  }
  get repoId(): Uuid {
    return this.#workflow.start.repoId;
  }
  get repoGlobalPath(): string {
    return this.#workflow.start.repoGlobalPath;
  }
  get author(): Author {
    return this.#workflow.start.author;
  }
  get status(): WorkflowStatus {
    return this.#workflow.status;
  }
  /** 1 `initialized` to 7 `terminated` (spec/behaviour.md 7). */
  get stateCode(): number {
    return stateCode(this.#workflow);
  }
  /** 0 while all is well; of the files once these have ended, then of the whole. */
  get statusCode(): number {
    return this.#workflow.outcome.code;
  }
  get statusMessage(): string {
    return this.#workflow.outcome.message;
  }
}

/** The workflows of one direction. Every method throws {@link WorkflowError} and nothing else but bugs. */
export class Workflows {
  readonly direction: Direction;
  readonly #engine: Engine;

  constructor(engine: Engine, direction: Direction) {
    this.#engine = engine;
    this.direction = direction;
  }

  /** The current state. A history without events: `UNINITIALIZED`. */
  findId(id: Uuid): Promise<WorkflowState> {
    return this.#guard(async () => {
      const { vid, state } = await this.#engine.find(storageWorkflow, id);
      if (state.status === 'uninitialized') {
        throw new WorkflowError('UNINITIALIZED', this.direction);
      }
      if (state.direction !== this.direction) throw new WorkflowError('EVENT_TYPE', this.direction);
      return new WorkflowState(id, vid, state);
    });
  }

  init(id: Uuid, start: WorkflowStart): Promise<Vid> {
    return this.#tell(id, NoVC, { type: 'Init', direction: this.direction, start });
  }
  beginFiles(id: Uuid, vid: Vid): Promise<Vid> {
    return this.#tell(id, vid, { type: 'BeginFiles' });
  }
  commitFiles(id: Uuid, vid: Vid): Promise<Vid> {
    return this.#tell(id, vid, { type: 'CommitFiles' });
  }
  abortFiles(id: Uuid, vid: Vid, status: Status): Promise<Vid> {
    return this.#tell(id, vid, { type: 'AbortFiles', status });
  }
  commit(id: Uuid, vid: Vid): Promise<Vid> {
    return this.#tell(id, vid, { type: 'Commit' });
  }
  abort(id: Uuid, vid: Vid, status: Status): Promise<Vid> {
    return this.#tell(id, vid, { type: 'Abort', status });
  }
  end(id: Uuid, vid: Vid): Promise<Vid> {
    return this.#tell(id, vid, { type: 'End' });
  }

  #tell(id: Uuid, vid: Vid, command: WorkflowCommand): Promise<Vid> {
    return this.#guard(async () => {
      const { state } = await this.#engine.find(storageWorkflow, id);
      if (state.status !== 'uninitialized' && state.direction !== this.direction) {
        throw new WorkflowError('EVENT_TYPE', this.direction);
      }
      return this.#engine.tell(storageWorkflow, id, vid, command);
    });
  }

  async #guard<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw toWorkflowError(error, this.direction);
    }
  }
}
