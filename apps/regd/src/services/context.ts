import type { Engine, HistoryNews, Uuid } from '@permafrost/events';
import type { SqliteJournal } from '@permafrost/events/sqlite';
import type { Clock, Log } from '@permafrost/workflow-core';

/** What the services work with. */
export interface Context {
  engine: Engine;
  journal: SqliteJournal;
  /** For calls that wait for one history. */
  news: HistoryNews;
  clock: Clock;
  /** This regd on the noticeboard. */
  instance: Uuid;
  log: Log;
  /** Workflows that ended longer ago than this are deleted, unless a caller says otherwise. */
  gcOlderThanMs: number;
}
