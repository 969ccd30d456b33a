// What stad's part of the work is done with.
import type { Engine, Noticeboard, Uuid } from '@permafrost/events';
import type { ImmutableTree, RepoLock, ShadowRepo } from '../ports/files.ts';
import type { Clock } from '../ports/time.ts';

export interface StadMeans {
  /** This start of the daemon, as the noticeboard knows it. */
  instance: Uuid;
  /** The file host whose repos are served. */
  host: string;
  engine: Engine;
  board: Noticeboard;
  tree: ImmutableTree;
  shadow: ShadowRepo;
  lock: RepoLock;
  clock: Clock;
  /** How many repos are worked on at the same time. */
  jobsMax?: number;
  /** For how long after the work became due faults that may pass are tried again. */
  retryForMs?: number;
}
