import { Fault, type Engine, type Noticeboard, type Presence } from '@permafrost/events';
import {
  isAlive,
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

/** In words: whom a workflow waits for, and whether they are there at all; empty once it has ended. */
export async function describeWaiting(
  { engine, board, clock }: Waiting,
  workflow: BegunWorkflow,
): Promise<string> {
  const { state } = await engine.find(repo, workflow.start.repoId);
  const host = state.init?.fileHost ?? '';
  const words = waitsFor(workflow, host);
  if (stadAction(workflow) !== 'run-files') return words;
  const nowMs = clock.nowMs();
  const isServed = (await presences(board)).some(
    (who) => who.daemon === 'stad' && who.host === host && isAlive(who, nowMs),
  );
  return isServed ? words : `${words} (not running)`;
}

/** Nobody, while the noticeboard cannot be read: it is a courtesy. */
async function presences(board: Noticeboard): Promise<readonly Presence[]> {
  try {
    return await board.present();
  } catch (error) {
    if (error instanceof Fault) return [];
    throw error;
  }
}
