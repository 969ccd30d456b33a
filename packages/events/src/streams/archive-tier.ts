// Archiving is not ours, but a repo that the old system archived must not be taken for online.
import type { Tier } from './common.ts';

export type ArchiveStep =
  'archive-started' | 'archive-completed' | 'unarchive-started' | 'unarchive-completed';

/** The tier after a step of archiving (spec/behaviour.md 5.2). An unarchived repo is frozen. */
export function archiveTierOf(step: ArchiveStep, statusCode: number): Tier {
  const isSuccess = statusCode === 0;
  switch (step) {
    case 'archive-started':
      return 'archiving';
    case 'archive-completed':
      return isSuccess ? 'archived' : 'archive-failed';
    case 'unarchive-started':
      return 'unarchiving';
    case 'unarchive-completed':
      return isSuccess ? 'frozen' : 'unarchive-failed';
  }
}
