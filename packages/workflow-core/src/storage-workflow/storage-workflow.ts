// The workflow that freezes or thaws a repo: one machine, two directions (spec/behaviour.md 7).
//
//   uninitialized -Init-> initialized -BeginFiles-> files -CommitFiles-> files-completed
//                              |                      `---AbortFiles---> files-failed
//                              |  files-completed -Commit-> completed -End-> terminated
//                              `--, files-completed, files-failed -Abort-> failed -End-> terminated
//
// regd moves it, except out of `files`, which is stad's alone.
import {
  accept,
  nilUuid,
  refuse,
  unreachable,
  workflowCodec,
  type Aggregate,
  type Decision,
  type Direction,
  type EventHeader,
  type Origin,
  type Status,
  type Ulid,
  type WorkflowEvent,
  type WorkflowStart,
} from '@permafrost/events';
import { isFailure } from '../storage/status-message.ts';

export type WorkflowCommand = Readonly<
  | { type: 'Init'; direction: Direction; start: WorkflowStart }
  | { type: 'BeginFiles' }
  /** With the commit of the shadow repo that records the files, where one was made. */
  | { type: 'CommitFiles'; commit?: string }
  | { type: 'AbortFiles'; status: Status }
  | { type: 'Commit' }
  | { type: 'Abort'; status: Status }
  | { type: 'End' }
>;

export type WorkflowRefusal =
  | 'WORKFLOW_COMMAND_INVALID'
  | 'WORKFLOW_IN_OTHER_STATE'
  | 'WORKFLOW_TERMINATED'
  | 'WORKFLOW_EXISTS_WITH_OTHER_ARGUMENTS';

export type WorkflowStatus =
  | 'uninitialized'
  | 'initialized'
  | 'files'
  | 'files-completed'
  | 'files-failed'
  | 'completed'
  | 'failed'
  | 'terminated';

/** A workflow that has begun. */
export type BegunWorkflow = Readonly<{
  status: Exclude<WorkflowStatus, 'uninitialized'>;
  direction: Direction;
  start: WorkflowStart;
  startedEventId: Ulid;
  /** Who asked for it, as far as that is certain. */
  origin?: Origin;
  /** From `files` on. */
  filesStartedEventId?: Ulid;
  /** From `completed` or `failed` on. */
  completedEventId?: Ulid;
  /** From `files-completed` on: the commit of the shadow repo that records the files. */
  commit?: string;
  /** How the files, and then the whole, ended; success before anything has. */
  outcome: Status;
}>;

export type StorageWorkflow = Readonly<{ status: 'uninitialized' }> | BegunWorkflow;

export const initialWorkflow: StorageWorkflow = { status: 'uninitialized' };

type Decided = Decision<WorkflowEvent, WorkflowRefusal>;

export function decide(workflow: StorageWorkflow, command: WorkflowCommand): Decided {
  if (command.type === 'Init') return init(workflow, command);
  if ('status' in command && !isFailure(command.status)) return refuse('WORKFLOW_COMMAND_INVALID');
  if (workflow.status === 'uninitialized') return refuse('WORKFLOW_IN_OTHER_STATE');
  const { status, direction } = workflow;
  switch (command.type) {
    case 'BeginFiles':
      if (status === 'files') return accept();
      if (status !== 'initialized') break;
      return accept({ type: 'FilesStarted', direction });
    case 'CommitFiles':
      if (status === 'files-completed') return accept();
      if (status !== 'files') break;
      return accept({
        type: 'FilesCompleted',
        direction,
        status: { code: 0, message: '' },
        ...(command.commit && { commit: command.commit }),
      });
    case 'AbortFiles':
      if (status === 'files-failed') return accept();
      if (status !== 'files') break;
      return accept({ type: 'FilesCompleted', direction, status: command.status });
    case 'Commit':
      if (status === 'completed') return accept();
      if (status !== 'files-completed') break;
      return accept({ type: 'WorkflowCompleted', direction, status: { code: 0, message: '' } });
    case 'Abort':
      if (status === 'failed') return accept();
      if (status === 'terminated') return refuse('WORKFLOW_TERMINATED');
      if (!mayAbort(status)) break;
      return accept({ type: 'WorkflowCompleted', direction, status: command.status });
    case 'End':
      if (status === 'terminated') return accept();
      if (status !== 'completed' && status !== 'failed') break;
      return accept({ type: 'WorkflowCommitted', direction });
    default:
      return unreachable(command);
  }
  return refuse('WORKFLOW_IN_OTHER_STATE');
}

function mayAbort(status: WorkflowStatus): boolean {
  return status === 'initialized' || status === 'files-completed' || status === 'files-failed';
}

function init(
  workflow: StorageWorkflow,
  { direction, start }: Extract<WorkflowCommand, { type: 'Init' }>,
): Decided {
  if (!isComplete(start)) return refuse('WORKFLOW_COMMAND_INVALID');
  if (workflow.status === 'uninitialized') {
    return accept({ type: 'WorkflowStarted', direction, start });
  }
  // A client that lost the reply asks again, perhaps after the workflow has gone on.
  return workflow.direction === direction && isSame(workflow.start, start)
    ? accept()
    : refuse('WORKFLOW_EXISTS_WITH_OTHER_ARGUMENTS');
}

function isComplete({
  registryId,
  registryName,
  repoId,
  repoGlobalPath,
  author,
}: WorkflowStart): boolean {
  const texts = [registryName, repoGlobalPath, author.name, author.email];
  return registryId !== nilUuid && repoId !== nilUuid && texts.every((text) => text !== '');
}

function isSame(a: WorkflowStart, b: WorkflowStart): boolean {
  return (
    a.registryId === b.registryId &&
    a.registryName === b.registryName &&
    a.startRegistryVid === b.startRegistryVid &&
    a.repoId === b.repoId &&
    a.repoGlobalPath === b.repoGlobalPath &&
    a.startRepoVid === b.startRepoVid &&
    a.author.name === b.author.name &&
    a.author.email === b.author.email &&
    a.repair === b.repair &&
    a.policy?.ifBusy === b.policy?.ifBusy &&
    a.policy?.ifLinked === b.policy?.ifLinked
  );
}

export function evolve(
  workflow: StorageWorkflow,
  event: WorkflowEvent,
  { id, origin }: EventHeader,
): StorageWorkflow {
  if (!('direction' in event)) throw new ForeignWorkflowError();
  if (event.type === 'WorkflowStarted') {
    const { direction, start } = event;
    const outcome = { code: 0, message: '' };
    const asked = { startedEventId: id, ...(origin && { origin }) };
    return { status: 'initialized', direction, start, ...asked, outcome };
  }
  if (workflow.status === 'uninitialized' || workflow.direction !== event.direction) {
    throw new ForeignWorkflowError();
  }
  const isSuccess = 'status' in event && event.status.code === 0;
  switch (event.type) {
    case 'FilesStarted':
      return { ...workflow, status: 'files', filesStartedEventId: id };
    case 'FilesCompleted': {
      const status = isSuccess ? 'files-completed' : 'files-failed';
      const { commit } = event;
      return { ...workflow, status, outcome: event.status, ...(commit && { commit }) };
    }
    case 'WorkflowCompleted': {
      const status = isSuccess ? 'completed' : 'failed';
      return { ...workflow, status, outcome: event.status, completedEventId: id };
    }
    case 'WorkflowCommitted':
      return { ...workflow, status: 'terminated' };
    default:
      return unreachable(event);
  }
}

/** A history holds events that this kind of workflow does not have. */
export class ForeignWorkflowError extends Error {
  readonly code = 'FOREIGN_WORKFLOW';

  constructor() {
    super('the history is that of another kind of workflow');
    this.name = 'ForeignWorkflowError';
  }
}

export const storageWorkflow: Aggregate<
  StorageWorkflow,
  WorkflowCommand,
  WorkflowEvent,
  WorkflowRefusal
> = { codec: workflowCodec, initial: initialWorkflow, decide, evolve };

const codes: Readonly<Record<WorkflowStatus, number>> = {
  uninitialized: 0,
  initialized: 1,
  files: 2,
  'files-completed': 3,
  'files-failed': 4,
  completed: 5,
  failed: 6,
  terminated: 7,
};

/** The number of a state, as spec/behaviour.md 7 has it. */
export function stateCode({ status }: StorageWorkflow): number {
  return codes[status];
}

/** Whether nothing can change the outcome any more. */
export function hasEnded({ status }: StorageWorkflow): boolean {
  return status === 'completed' || status === 'failed' || status === 'terminated';
}
