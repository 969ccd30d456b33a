// The storage tier of a repo and the one machine that moves it, for both directions. The registry
// and the repo each keep a copy of it, so that either can refuse a second workflow on its own
// (invariant 6).
import type { Direction, Tier, Uuid } from '@permafrost/events';

/** Where a repo stands, and which workflow put it there last. */
export type Storage = Readonly<{ tier: Tier; workflowId?: Uuid }>;

type Course = Readonly<{ from: readonly Tier[]; during: Tier; done: Tier; failed: Tier }>;

/**
 * The courses through the tiers. Either failed tier may go in either direction at once: files may
 * be half frozen then, and a second try is how that is mended.
 */
const courses: Readonly<Record<Direction, Course>> = {
  freeze: {
    from: ['online', 'freeze-failed', 'unfreeze-failed'],
    during: 'freezing',
    done: 'frozen',
    failed: 'freeze-failed',
  },
  unfreeze: {
    from: ['frozen', 'unfreeze-failed', 'freeze-failed'],
    during: 'unfreezing',
    done: 'online',
    failed: 'unfreeze-failed',
  },
};

/**
 * `go`: new facts. `already`: this very workflow has done it before, which is success (invariant 5).
 * `conflict`: not from here.
 */
export type Verdict = 'go' | 'already' | 'conflict';

type Move = Readonly<{ direction: Direction; workflowId: Uuid }>;

/** A repair sets out also from the tier that its direction leads to: what is frozen is frozen again. */
export type Departure = Readonly<{ direction: Direction; repair?: true }>;

/** Whether a tier is one that a direction sets out from. */
export function mayBegin({ direction, repair }: Departure, { tier }: Storage): boolean {
  const { from, done } = courses[direction];
  return from.includes(tier) || (repair === true && tier === done);
}

/** Whether a workflow may begin here. One that has ended before never begins again. */
export function judgeBegin(storage: Storage, move: Move & Departure): Verdict {
  if (storage.workflowId === move.workflowId) {
    return storage.tier === courses[move.direction].during ? 'already' : 'conflict';
  }
  return mayBegin(move, storage) ? 'go' : 'conflict';
}

/** Whether a workflow may end here as it wants to, `done` or `failed`. */
export function judgeEnd(
  storage: Storage,
  { direction, workflowId, end }: Move & { end: 'done' | 'failed' },
): Verdict {
  if (storage.workflowId !== workflowId) return 'conflict';
  if (storage.tier === courses[direction].during) return 'go';
  return storage.tier === courses[direction][end] ? 'already' : 'conflict';
}

export function storageBegun({ direction, workflowId }: Move): Storage {
  return { tier: courses[direction].during, workflowId };
}

export function storageEnded(move: Move & { statusCode: number }): Storage {
  const { done, failed } = courses[move.direction];
  return { tier: move.statusCode === 0 ? done : failed, workflowId: move.workflowId };
}
