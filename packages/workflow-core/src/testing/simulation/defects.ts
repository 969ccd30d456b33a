/**
 * Mistakes that can be planted into the simulated world, to prove that the checkers see them. None
 * of them is in the code that is shipped.
 */
export type Defect =
  /** The journal appends without comparing versions. */
  | 'commit-unchecked'
  /** The journal acknowledges a commit now and then without having written it. */
  | 'commit-not-durable'
  /** Wake-ups that are lost are not made up for by a look now and then. */
  | 'wake-up-lost-for-good'
  /** The tree says that it is done when the last entries are not. */
  | 'tree-half-done'
  /** The shadow repo says that it has recorded what it has not. */
  | 'shadow-not-written'
  /** regd leaves the index out when a workflow has ended. */
  | 'index-forgotten'
  /** Daemons do not look for open work when they start. */
  | 'no-look-at-start'
  /** Two stads of a host work on the same repo at once. */
  | 'no-lock';

export const defects: readonly Defect[] = [
  'commit-unchecked',
  'commit-not-durable',
  'wake-up-lost-for-good',
  'tree-half-done',
  'shadow-not-written',
  'index-forgotten',
  'no-look-at-start',
  'no-lock',
];
