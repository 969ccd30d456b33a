// What a daemon is doing about a task, as its log names it.
import { unreachable, type Direction, type Progress } from '@permafrost/events';
import type { RegdAction } from './next-action.ts';

/** The labels of effects, the same in logs, tests and simulations. */
export type Effect =
  | 'stad:set-immutable'
  | 'stad:clear-immutable'
  | 'stad:verify'
  | 'stad:init-shadow'
  | 'stad:write-shadow';

export type RegdStep = `regd:${RegdAction}` | 'regd:confirm-registry' | 'regd:set-up-repo';

export type StadStep =
  | Effect
  | 'stad:wait-for-lock'
  | 'stad:examine'
  | 'stad:wait-for-writers'
  | 'stad:commit-files'
  | 'stad:abort-files';

/** The step of a phase of the work on files; undefined for what is between two tries. */
export function stepOf(phase: Progress['phase'], direction: Direction): StadStep | undefined {
  switch (phase) {
    case 'waiting-for-lock':
      return 'stad:wait-for-lock';
    case 'checking':
      return 'stad:examine';
    case 'waiting-for-writers':
      return 'stad:wait-for-writers';
    case 'attributes':
      return direction === 'freeze' ? 'stad:set-immutable' : 'stad:clear-immutable';
    case 'verify':
      return 'stad:verify';
    case 'snapshot':
      return 'stad:write-shadow';
    case 'retrying':
      return undefined;
    default:
      return unreachable(phase);
  }
}
