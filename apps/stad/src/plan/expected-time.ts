// An estimate, good enough to choose between waiting and going for lunch. How fast this file system is
// to look at is known from the look that has just been taken, and the rest is a rough guess.
import type { Direction } from '@permafrost/workflow-core';

export type PlannedWork = Readonly<{
  direction: Direction;
  /** All that is there, and how much the last snapshot has counted. */
  entries: number;
  recorded: number;
  toChange: number;
  /** What the driver needs for one change beyond a look, in microseconds. */
  changeUs: number;
}>;

/** What the two walks of a plan have taken. */
export type Looks = Readonly<{ surveyMs: number; lookMs: number }>;

/** For the steps of the workflow, and to start git. */
const START_MS = 150;
/** To record an entry that is not recorded yet; one that is takes no longer than a survey. */
const RECORD_US = 6;

export function expectedMs(work: PlannedWork, { surveyMs, lookMs }: Looks): number {
  const { direction, entries, recorded, toChange, changeUs } = work;
  // A freeze looks before and verifies afterwards.
  const isFreeze = direction === 'freeze';
  const walksMs = isFreeze ? surveyMs + 2 * lookMs : lookMs;
  const snapshotMs = surveyMs + (Math.max(0, entries - recorded) * RECORD_US) / 1000;
  return Math.round(START_MS + walksMs + (toChange * changeUs) / 1000 + snapshotMs);
}
