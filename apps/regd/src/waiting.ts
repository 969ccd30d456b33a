import { Fault, type Engine, type Noticeboard } from '@permafrost/events';
import {
  isServed,
  repo,
  stadAction,
  waitsFor,
  type BegunWorkflow,
  type Clock,
} from '@permafrost/workflow-core';

export interface Waiting {
  engine: Engine;
  board: Noticeboard;
  clock: Clock;
}

/**
 * In words: whom a workflow waits for, and whether they are there at all (invariant 11). Empty once
 * it has ended.
 */
export async function describeWaiting(
  { engine, board, clock }: Waiting,
  workflow: BegunWorkflow,
): Promise<string> {
  const { state } = await engine.find(repo, workflow.start.repoId);
  const host = state.init?.fileHost ?? '';
  const words = waitsFor(workflow, host);
  if (stadAction(workflow) !== 'run-files') return words;
  try {
    return (await isServed(board, host, clock.nowMs())) ? words : `${words} (not running)`;
  } catch (error) {
    // Nobody knows while the noticeboard cannot be read; it is a courtesy.
    if (error instanceof Fault) return words;
    throw error;
  }
}
