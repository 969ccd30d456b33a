import type { Database } from 'better-sqlite3';

/**
 * Tells, each time it is called, whether another connection has committed since the last call.
 * Commits of this connection do not count: whoever made them knows already.
 */
export function newsOf(db: Database): () => boolean {
  const dataVersion = db.prepare<[], number>('PRAGMA data_version').pluck();
  let seen = dataVersion.get();
  return () => {
    const before = seen;
    seen = dataVersion.get();
    return seen !== before;
  };
}
