import type { Engine, Uuid } from '@permafrost/events';
import type { SqliteJournal } from '@permafrost/events/sqlite';
import type { Clock, Log } from '@permafrost/workflow-core';

/** What the services work with. */
export interface Context {
  engine: Engine;
  journal: SqliteJournal;
  clock: Clock;
  /** This regd on the noticeboard. */
  instance: Uuid;
  log: Log;
  /** Workflows that ended longer ago than this are deleted, unless a caller says otherwise. */
  gcOlderThanMs: number;
}
