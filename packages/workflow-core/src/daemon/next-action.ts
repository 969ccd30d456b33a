// What each daemon does next about a workflow: a pure function of the state, never of the last
// event, so that a restart goes on wherever the journal stands.
import { unreachable } from '@permafrost/events';
import type { StorageWorkflow } from '../storage-workflow/storage-workflow.ts';

export type RegdAction = 'begin-files' | 'settle' | 'wait-for-stad' | 'rest';
export type StadAction = 'run-files' | 'wait-for-regd' | 'rest';

/** `isIndexed`: whether the index still lists the workflow as active. */
export function regdAction(workflow: StorageWorkflow, isIndexed: boolean): RegdAction {
  switch (workflow.status) {
    case 'uninitialized':
      return 'rest';
    case 'initialized':
      return 'begin-files';
    case 'files':
      return 'wait-for-stad';
    case 'files-completed':
    case 'files-failed':
    case 'completed':
    case 'failed':
      return 'settle';
    case 'terminated':
      return isIndexed ? 'settle' : 'rest';
    default:
      return unreachable(workflow);
  }
}

export function stadAction(workflow: StorageWorkflow): StadAction {
  switch (workflow.status) {
    case 'files':
      return 'run-files';
    case 'initialized':
      return 'wait-for-regd';
    case 'uninitialized':
    case 'files-completed':
    case 'files-failed':
    case 'completed':
    case 'failed':
    case 'terminated':
      return 'rest';
    default:
      return unreachable(workflow);
  }
}

/** In words: whom a workflow waits for, or empty once it has ended. */
export function waitsFor(workflow: StorageWorkflow, fileHost: string): string {
  switch (regdAction(workflow, false)) {
    case 'wait-for-stad':
      return `stad on host ${fileHost}`;
    case 'begin-files':
    case 'settle':
      return 'regd';
    case 'rest':
      return '';
  }
}
