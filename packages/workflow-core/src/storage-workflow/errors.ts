import {
  EventDecodeError,
  HistoryKindError,
  Fault,
  RefusedError,
  VersionConflictError,
  type Direction,
} from '@permafrost/events';
import { ForeignWorkflowError, type WorkflowRefusal } from './storage-workflow.ts';

export type WorkflowErrorCode =
  /** There is no such workflow. */
  | 'UNINITIALIZED'
  /** Arguments that no state would accept. */
  | 'INVALID_COMMAND'
  /** The command does not fit the state. */
  | 'STATE_CONFLICT'
  /** The workflow has ended for good. */
  | 'ALREADY_TERMINATED'
  /** The workflow was begun before, with other arguments. */
  | 'NOT_IDEMPOTENT'
  /** The new events could not be appended: a lost race, or a version that is not current. */
  | 'NEW_EVENTS'
  /** The journal failed. */
  | 'JOURNAL'
  /** The history is not one of this kind of workflow. */
  | 'EVENT_TYPE';

const texts: Readonly<Record<WorkflowErrorCode, string>> = {
  UNINITIALIZED: 'uninitialized',
  INVALID_COMMAND: 'invalid command',
  STATE_CONFLICT: 'command conflicts with aggregate state',
  ALREADY_TERMINATED: 'already terminated',
  NOT_IDEMPOTENT: 'command not idempotent',
  NEW_EVENTS: 'new events',
  JOURNAL: 'event journal',
  EVENT_TYPE: 'invalid event type',
};

/** What any method of a workflow's package throws. The words are those of the wire format. */
export class WorkflowError extends Error {
  readonly code: WorkflowErrorCode;
  readonly direction: Direction;

  constructor(code: WorkflowErrorCode, direction: Direction, options?: { cause?: Error }) {
    super(options?.cause ? `${texts[code]}: ${options.cause.message}` : texts[code], options);
    this.name = 'WorkflowError';
    this.code = code;
    this.direction = direction;
  }
}

const refusalCodes: Readonly<Record<WorkflowRefusal, WorkflowErrorCode>> = {
  WORKFLOW_COMMAND_INVALID: 'INVALID_COMMAND',
  WORKFLOW_IN_OTHER_STATE: 'STATE_CONFLICT',
  WORKFLOW_TERMINATED: 'ALREADY_TERMINATED',
  WORKFLOW_EXISTS_WITH_OTHER_ARGUMENTS: 'NOT_IDEMPOTENT',
};

/** Turns what the engine throws into an error of this package; bugs stay what they are. */
export function toWorkflowError(error: unknown, direction: Direction): unknown {
  if (error instanceof RefusedError) {
    return new WorkflowError(refusalCodes[error.refusal as WorkflowRefusal], direction);
  }
  if (error instanceof VersionConflictError) return wrap('NEW_EVENTS', error);
  if (error instanceof ForeignWorkflowError || error instanceof HistoryKindError)
    return wrap('EVENT_TYPE', error);
  if (error instanceof EventDecodeError) return wrap('EVENT_TYPE', error);
  if (error instanceof Fault) {
    return wrap(error.code === 'JOURNAL_CONFLICT' ? 'NEW_EVENTS' : 'JOURNAL', error);
  }
  return error;

  function wrap(code: WorkflowErrorCode, cause: Error): WorkflowError {
    return new WorkflowError(code, direction, { cause });
  }
}
